/** Checking what both sides have stored. */

import { troubleOf } from "../core";
import type { State } from "../state/state";
import type { Panel } from "./panel";
import { readReadiness } from "./readiness";
import { shareRegistration } from "./registration";
import { settle } from "./secret";

/** Checks, unless that is under way. */
export async function check(panel: Panel): Promise<void> {
  const { core, store, tabs } = panel;
  if (isUnderWay(store.state)) return;
  const again = store.state.check.kind !== "none";
  store.set({ check: { kind: "checking" } });
  try {
    const { draft, choice } = store.state;
    const { findings } = await core.check(draft, choice, tabs.live());
    // Another authentik was clicked on meanwhile.
    if (!isUnderWay(store.state)) return;
    store.set({ check: { kind: "done", findings } });
    shareRegistration(panel);
    settle(panel);
    await readReadiness(panel, again);
  } catch (error) {
    store.set({ check: { kind: "faulty", trouble: troubleOf(error) } });
  }
}

function isUnderWay({ check }: State): boolean {
  return check.kind === "checking";
}

/** Checks when the place is first opened and there is something to look at. */
export function checkOnce(panel: Panel): void {
  const { state } = panel.store;
  if (state.check.kind === "none" && !isRemoved(state) && panel.tabs.live().length > 0) void check(panel);
}

/** Whether the integration was removed and nothing else was asked for since. That it is missing is no fault then. */
export function isRemoved({ check, life, registration }: State): boolean {
  return check.kind === "none" && life.outcome === "removed" && !registration;
}
