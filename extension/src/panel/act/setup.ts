/** Changes of the form in Set up. */

import type { Audience, SetupDraft } from "cowbell-core";
import { keep } from "../../ext";
import type { Panel } from "./panel";
import { troubleOf } from "../core";

/** Name under which the form is kept. */
export const DRAFT = "draft";

/** Takes a change of the form, checks it, and lets go of a plan that was made for another. */
export function change({ core, store }: Panel, change: Partial<SetupDraft>): void {
  const { state } = store;
  const draft = { ...state.draft, ...change };
  const known = state.authentik.kind === "live";
  const stale = state.run.kind === "planned" || state.run.kind === "faulty";
  store.set({
    draft,
    checked: known ? core.checkDraft(draft) : undefined,
    ...(stale ? { run: { kind: "none" } } : {}),
  });
  void keep({ [DRAFT]: draft });
}

/** Whether a plan can be made of what was typed. */
export function isReady(panel: Panel): boolean {
  const { checked } = panel.store.state;
  return checked !== undefined && checked.faults.length === 0 && isAllowed(panel);
}

/** Whether Cowbell may work at the mailcow that was typed. */
export function isAllowed({ policy, store }: Panel): boolean {
  const { checked } = store.state;
  return checked?.redirectUri === undefined || policy.allows(checked.redirectUri);
}

/** Chooses who gets a verified address. */
export function choose(panel: Panel, audience: Audience): void {
  change(panel, { audience });
  const { core, store } = panel;
  if (store.state.users.kind === "read") store.set({ users: { kind: "read", directory: core.countUsers(audience) } });
}

/** Picks a group or user, or lets go of it. */
export function toggle<T>(chosen: readonly T[], one: T): T[] {
  return chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
}

/** Reads the users, unless that is done; who asks for it while it is under way waits for the same. */
export async function readUsers(panel: Panel): Promise<void> {
  if (panel.store.state.users.kind === "read") return;
  await (panel.reading ??= read(panel).finally(() => (panel.reading = undefined)));
}

async function read({ core, store }: Panel): Promise<void> {
  store.set({ users: { kind: "reading", read: 0, total: 0 } });
  try {
    await core.readUsers((read, total) => store.set({ users: { kind: "reading", read, total } }));
    store.set({ users: { kind: "read", directory: core.countUsers(store.state.draft.audience) } });
  } catch (error) {
    store.set({ users: { kind: "faulty", trouble: troubleOf(error) } });
  }
}
