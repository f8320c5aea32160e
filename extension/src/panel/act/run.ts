/** Plan, apply, undo. */

import type { Progress } from "cowbell-core";
import { troubleOf } from "../core";
import type { Run } from "../state/state";
import { readProduct } from "./connect";
import type { Panel } from "./panel";
import { readRegistration, shareRegistration } from "./registration";
import { change, readUsers } from "./setup";

const NOTHING_YET: Progress = { parts: [], usersDone: 0, usersTotal: 0, usersFailed: 0, usersElapsedMs: 0 };

/** Makes the plan and shows it. */
export async function plan(panel: Panel): Promise<void> {
  const { core, store, outside } = panel;
  outside.resume();
  store.set({ place: "plan", run: { kind: "planning" }, listing: undefined });
  await readUsers(panel);
  const { users } = store.state;
  if (users.kind === "faulty") return store.set({ run: { kind: "faulty", trouble: users.trouble } });
  await ending(store, async () => {
    const made = await core.plan(store.state.draft, () => undefined);
    // Groups may have been read again.
    store.set({ users: { kind: "read", directory: core.countUsers(store.state.draft.audience) } });
    // Nothing will be written, so this is the moment to know what mailcow needs.
    if (made.writes === 0) await readRegistration(panel);
    return { kind: "planned", plan: made };
  });
}

/** Plans again with one attribute on a group in place of one on each user. */
export async function planWithGroup(panel: Panel, group: string): Promise<void> {
  change(panel, { verifiedBy: { kind: "group_attribute", group } });
  await plan(panel);
}

/** Performs the plan that is shown. */
export async function apply(panel: Panel): Promise<void> {
  const { core, store } = panel;
  await run(panel, "apply", async (progress) => ({
    kind: "applied",
    report: await core.apply(store.state.draft, progress),
  }));
}

/** Takes back what was done, after the question was answered with yes. */
export async function undo(panel: Panel): Promise<void> {
  const { core } = panel;
  await run(panel, "undo", async (progress) => ({ kind: "undone", report: await core.undo(progress) }));
}

/** Stops what is under way. */
export function stop({ store, outside }: Panel): void {
  const { run } = store.state;
  if (run.kind === "running") store.set({ run: { ...run, stopping: true } });
  outside.cancel();
}

async function run(
  panel: Panel,
  verb: "apply" | "undo",
  perform: (progress: (progress: Progress) => void) => Promise<Run>,
): Promise<void> {
  const { core, store, outside } = panel;
  outside.resume();
  store.set({
    place: "plan",
    run: { kind: "running", verb, progress: NOTHING_YET, stopping: false },
    asking: undefined,
    listing: undefined,
  });
  await ending(store, () =>
    perform(
      nowAndThen((progress) => {
        const { run } = store.state;
        if (run.kind === "running") store.set({ run: { ...run, progress } });
      }),
    ),
  );
  outside.resume();
  // What was written is not what was read or checked.
  const { checked, draft } = store.state;
  store.set({
    users: { kind: "unread" },
    canUndo: core.canUndo(),
    check: { kind: "none" },
    checked: checked && core.checkDraft(draft),
  });
  shareRegistration(panel);
  await readAgain(panel);
}

/** Milliseconds between two views of a run: more often nobody reads it, and showing it costs the run its time. */
const VIEW_MS = 250;

/** Passes on the newest of what comes, now and then. */
function nowAndThen<T>(show: (newest: T) => void): (value: T) => void {
  let newest: T;
  let isWaiting = false;
  return (value) => {
    newest = value;
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      show(newest);
    }, VIEW_MS);
  };
}

async function ending(store: Panel["store"], perform: () => Promise<Run>): Promise<void> {
  try {
    store.set({ run: await perform() });
  } catch (error) {
    store.set({ run: { kind: "faulty", trouble: troubleOf(error) } });
  }
}

/** After a run that ended early, and after undo, authentik is not as it was read: the next plan must not rest on that. */
async function readAgain(panel: Panel): Promise<void> {
  const { run } = panel.store.state;
  if (run.kind !== "applied" || !run.report.inSync) await readProduct(panel, "authentik");
}
