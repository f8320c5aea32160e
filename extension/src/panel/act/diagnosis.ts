/** Explaining the last sign-ins that failed. */

import { troubleOf } from "../core";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";

/** Reads both logs and explains, unless that is under way. */
export async function explain(panel: Panel): Promise<void> {
  const { core, store, tabs } = panel;
  if (store.state.signIns.kind === "explaining") return;
  store.set({ signIns: { kind: "explaining" } });
  try {
    const view = await core.explainSignIns(store.state.draft, tabs.live());
    store.set({ signIns: { kind: "done", view, atMs: Date.now() } });
    // What mailcow has stored was read again.
    shareRegistration(panel);
  } catch (error) {
    store.set({ signIns: { kind: "faulty", trouble: troubleOf(error) } });
  }
}
