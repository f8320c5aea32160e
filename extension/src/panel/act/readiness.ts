/** Who can sign in: reading, looking at one, saving the table, switching mailboxes. */

import type { ReadinessRow, ReadinessView } from "cowbell-core";
import { troubleOf } from "../core";
import { saveFile } from "../link/save";
import { FRESH, type Readable, type Readiness, type State } from "../state/state";
import { csv } from "../text/csv";
import { findingWords } from "../text/core";
import { t } from "../text/words";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";
import { readUsers } from "./setup";

/** Rows that the core is asked for at once. */
const ROWS = 1000;

/** Finds out who can sign in; `again` reads the users anew. */
export async function readReadiness(panel: Panel, again: boolean): Promise<void> {
  const { core, store, tabs } = panel;
  const { authentik, mailcow } = store.state;
  if (authentik.kind === "absent" || mailcow.kind === "absent") return store.set({ readiness: { kind: "absent" } });
  const mine: Readable = { kind: "reading", typed: typedIn(store.state.readiness) };
  const { asking } = store.state;
  // A question about the last table must not be answered for this one.
  store.set({ readiness: mine, asking: asking === "switch" || asking === "switch_back" ? undefined : asking });
  const isWanted = (): boolean => store.state.readiness === mine;
  if (again && tabs.pageOf("authentik")) store.set({ users: { kind: "unread" } });
  if (tabs.pageOf("authentik")) await readUsers(panel);
  try {
    const { draft, choice } = store.state;
    const view = await core.readReadiness(draft, choice, tabs.live(), () => undefined);
    // Another authentik may have been clicked on meanwhile.
    if (isWanted()) show(panel, view);
  } catch (error) {
    if (isWanted()) store.set({ readiness: { kind: "faulty", trouble: troubleOf(error) } });
  }
}

/** Asks about an address or a user name. */
export async function ask(panel: Panel, text: string): Promise<void> {
  const { core, tabs } = panel;
  const sought = text.trim();
  if (sought === "") return;
  change(panel, { asking: true });
  try {
    const { verdicts, readiness } = await core.readinessOf(sought, tabs.live());
    change(panel, { view: readiness, verdicts, trouble: undefined });
  } catch (error) {
    change(panel, { trouble: troubleOf(error) });
  }
  change(panel, { asking: false });
}

/** Asks whether to switch the mailbox with this address; all of them where it is empty. */
export function askSwitch(panel: Panel, target: string): void {
  if (panel.store.state.readiness.kind !== "done") return;
  change(panel, { target });
  panel.store.set({ asking: "switch" });
}

/** Switches the mailboxes that were asked about, after the question was answered with yes. */
export function switchMailboxes(panel: Panel): Promise<void> {
  return perform(panel, "switch");
}

/** Switches back what was switched, after the question was answered with yes. */
export function switchBack(panel: Panel): Promise<void> {
  return perform(panel, "back");
}

async function perform(panel: Panel, way: "switch" | "back"): Promise<void> {
  const { core, store } = panel;
  const asked = store.state.readiness;
  store.set({ asking: undefined });
  if (asked.kind !== "done") return;
  change(panel, {
    work: { done: 0, total: 0, stopping: false },
    result: undefined,
    verdicts: undefined,
    trouble: undefined,
  });
  const goOn = (done: number, total: number): boolean => {
    const { readiness } = store.state;
    const stopping = readiness.kind === "done" && readiness.work?.stopping === true;
    change(panel, { work: { done, total, stopping } });
    return !stopping;
  };
  try {
    const result = await core.switchMailboxes(way === "back" ? "" : asked.target, way === "back", goOn);
    show(panel, result.readiness);
    change(panel, { result: { ...result, way } });
    // The place mailcow counts mailboxes, too.
    shareRegistration(panel);
  } catch (error) {
    change(panel, { trouble: troubleOf(error) });
  }
  change(panel, { work: undefined, target: "" });
}

/** Whether mailboxes are being switched. */
export function isSwitching({ readiness }: State): boolean {
  return readiness.kind === "done" && readiness.work !== undefined;
}

/** Lets no more mailboxes be switched than those that are asked for already. */
export function stopSwitching(panel: Panel): void {
  const { readiness } = panel.store.state;
  if (readiness.kind === "done" && readiness.work) change(panel, { work: { ...readiness.work, stopping: true } });
}

/** Saves everybody of the chosen outcome and reason, whatever is searched for, as a table with words. */
export function saveTable({ core, store }: Panel): void {
  const { readiness } = store.state;
  if (readiness.kind !== "done") return;
  const { outcome, reason } = readiness;
  const found: ReadinessRow[] = [];
  let total = 1;
  while (found.length < total) {
    const page = core.findReadiness({ text: "", outcome, reason, offset: found.length, limit: ROWS });
    if (page.rows.length === 0) break;
    total = page.total;
    found.push(...page.rows);
  }
  const head = [
    t("readiness_username"),
    t("readiness_name"),
    t("readiness_email"),
    t("readiness_outcome"),
    t("readiness_reason"),
    t("readiness_remedy"),
  ];
  const rows = found.map(({ username, name, email, outcome: ends, finding }) => {
    const { label, remedy } = findingWords(finding);
    return [username, name, email, t(`outcome_${ends}`), label, remedy];
  });
  saveFile(t("readiness_file"), "text/csv;charset=utf-8", csv([head, ...rows]));
}

/** Changes what is shown of a table. */
export function change({ store }: Panel, part: Partial<Readiness>): void {
  const { readiness } = store.state;
  if (readiness.kind === "done") store.set({ readiness: { ...readiness, ...part } });
}

/** A table that has changed keeps its filter as far as that still exists; one that was read again keeps the address that somebody has typed. */
function show({ store }: Panel, view: ReadinessView): void {
  const { readiness } = store.state;
  const shown = readiness.kind === "done" ? readiness : { ...FRESH, typed: typedIn(readiness) };
  const outcome = view.reasons.some((reason) => reason.outcome === shown.outcome) ? shown.outcome : undefined;
  store.set({ readiness: { ...shown, view, outcome, reason: undefined } });
}

function typedIn(readiness: Readable): string {
  return "typed" in readiness ? readiness.typed : "";
}
