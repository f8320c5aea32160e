/** Checking what both sides have stored. */

import { troubleOf } from "../core";
import type { Check, State } from "../state/state";
import type { Panel } from "./panel";
import { isSwitching, readReadiness } from "./readiness";
import { shareRegistration } from "./registration";
import { settle } from "./secret";

/** Checks, unless that is under way. */
export async function check(panel: Panel): Promise<void> {
  const { core, store, tabs } = panel;
  const { check, draft, choice } = store.state;
  if (check.kind === "checking") return;
  const mine: Check = { kind: "checking" };
  store.set({ check: mine });
  const ended = await core.check(draft, choice, tabs.live()).then(
    ({ findings }): Check => ({ kind: "done", findings }),
    (error: unknown): Check => ({ kind: "faulty", trouble: troubleOf(error) }),
  );
  shareRegistration(panel);
  settle(panel);
  // Something else may be looked at by now, such as another authentik.
  if (store.state.check !== mine) return;
  store.set({ check: ended });
  if (ended.kind === "done") await readReadiness(panel, check.kind !== "none");
}

/** Checks when the place is first opened and there is something to look at, as soon as nothing else goes on. */
export function checkOnce(panel: Panel): void {
  const { state } = panel.store;
  if (
    state.check.kind === "none" &&
    !isReading(state) &&
    !isSwitching(state) &&
    !isRemoved(state) &&
    panel.tabs.live().length > 0
  )
    void check(panel);
}

/** Makes the check that waited for what has been read, or will not be. */
export function goOnChecking(panel: Panel): void {
  if (panel.store.state.place === "check") checkOnce(panel);
}

function isReading({ authentik, mailcow }: State): boolean {
  return authentik.kind === "reading" || mailcow.kind === "reading";
}

/** The check as it is shown: under way, too, while a product is read again, after which it is made anew. */
export function shownCheck(state: State): Check {
  return isReading(state) && !isRemoved(state) && !isSwitching(state) ? { kind: "checking" } : state.check;
}

/** Whether the integration was removed and nothing else was asked for since. That it is missing is no fault then. */
export function isRemoved({ check, life, registration }: State): boolean {
  return check.kind === "none" && life.outcome === "removed" && !registration;
}
