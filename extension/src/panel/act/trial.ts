/** A sign-in that somebody tries now, while both logs are watched. */

import type { SignInsView } from "cowbell-core";
import { visitPrivately } from "../../ext";
import { troubleOf } from "../core";
import { type Trial, viewOf } from "../state/state";
import { readSignIns } from "./diagnosis";
import type { Panel } from "./panel";

/** Milliseconds before the first looks into the logs; each look is some twenty small requests. */
const PAUSE = 3_000;
/** Milliseconds by which each pause is longer than the one before: whoever has not signed in after a minute is not in a hurry. */
const LONGER = 500;
/** Looks after which nobody is waited for any longer: about ten minutes. */
const LOOKS = 44;

/** Opens mailcow's sign-in in a private window and watches both logs until it is known how that ended. */
export async function tryNow(panel: Panel): Promise<void> {
  const { store } = panel;
  const url = viewOf(store.state.mailcow)?.signInPage;
  if (url === undefined) return;
  const watching: Trial = { kind: "watching", url, closed: false };
  store.set({ trial: watching });
  const isOn = (): boolean => store.state.trial?.kind === "watching";
  const show = (trial: Trial): void => {
    if (isOn()) store.set({ trial });
  };
  try {
    // What has happened so far.
    const before = await readSignIns(panel);
    await visitPrivately(url).catch(() => show({ ...watching, closed: true }));
    for (let look = 0; look < LOOKS; look++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE + look * LONGER));
      if (!isOn()) return;
      const view = await readSignIns(panel);
      const refused = newest(view) !== newest(before);
      if (!refused && (view.unremarkable ?? 0) <= (before.unremarkable ?? 0)) continue;
      store.set({ signIns: { kind: "done", view, atMs: Date.now() } });
      return show({ kind: refused ? "refused" : "passed" });
    }
    show({ kind: "nothing" });
  } catch (error) {
    store.set({ signIns: { kind: "faulty", trouble: troubleOf(error) } });
    show({ kind: "nothing" });
  }
}

/** Stops watching. */
export function stopTrial({ store }: Panel): void {
  store.set({ trial: undefined });
}

/** Tells the newest failure from any other. */
function newest({ attempts: [first] }: SignInsView): string {
  return first ? [first.timeS, first.times, first.who, first.finding.code].join("\n") : "";
}
