/** Explaining the last sign-ins that failed. */

import { troubleOf } from "../core";
import type { SignIns } from "../state/state";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";

/** Reads both logs and explains, unless that is under way. */
export async function explain(panel: Panel): Promise<void> {
  const { core, store, tabs } = panel;
  const { signIns, draft } = store.state;
  if (signIns.kind === "explaining") return;
  const mine: SignIns = { kind: "explaining" };
  store.set({ signIns: mine });
  const ended = await core.explainSignIns(draft, tabs.live()).then(
    (view): SignIns => ({ kind: "done", view, atMs: Date.now() }),
    (error: unknown): SignIns => ({ kind: "faulty", trouble: troubleOf(error) }),
  );
  // Another authentik was clicked on meanwhile.
  if (store.state.signIns !== mine) return;
  store.set({ signIns: ended });
  // What mailcow has stored was read again.
  shareRegistration(panel);
}
