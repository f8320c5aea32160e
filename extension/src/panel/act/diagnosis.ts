/** Explaining the last sign-ins that failed. */

import type { SignInsView } from "cowbell-core";
import { troubleOf } from "../core";
import type { SignIns } from "../state/state";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";
import { settle } from "./secret";

/** Reads both logs and explains, unless that is under way. */
export async function explain(panel: Panel): Promise<void> {
  const { store } = panel;
  const { signIns } = store.state;
  if (signIns.kind === "explaining") return;
  const mine: SignIns = { kind: "explaining" };
  store.set({ signIns: mine });
  const ended = await readSignIns(panel).then(
    (view): SignIns => ({ kind: "done", view, atMs: Date.now() }),
    (error: unknown): SignIns => ({ kind: "faulty", trouble: troubleOf(error) }),
  );
  // Another authentik may have been clicked on meanwhile.
  if (store.state.signIns === mine) store.set({ signIns: ended });
}

/** Reads both logs, and with them what both sides have stored. */
export async function readSignIns(panel: Panel): Promise<SignInsView> {
  const { core, store, tabs } = panel;
  try {
    return await core.explainSignIns(store.state.draft, tabs.live());
  } finally {
    shareRegistration(panel);
    settle(panel);
  }
}
