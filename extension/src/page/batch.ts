/** Sends the requests of a batch, several at a time, and reports how each ended. */

import type { Batch } from "cowbell-core";
import { type Ending, GRACE_MS } from "../protocol";
import { perform } from "./request";

/** Milliseconds between two reports: a message per response would cost as much as a third of a request. */
const REPORT_MS = 50;

/** Reports each request exactly once, grouping those that end at about the same time; resolves after the last. */
export async function run(
  batch: Omit<Batch, "product"> & { at: number },
  cancel: AbortSignal,
  report: (endings: Ending[]) => void,
): Promise<void> {
  const queue = batch.requests.entries();
  const endings: Ending[] = [];
  let halted = false;
  let timer = 0;
  // The panel waits from then on; a page may have been frozen before it received the batch.
  let told = batch.at;
  let givenUp = false;
  // A page that was frozen for so long goes on only after the panel has given it up, and may have begun to undo.
  const isGivenUp = (): boolean => (givenUp ||= Date.now() - told > batch.timeoutMs + GRACE_MS);
  const tell = (): void => {
    timer = 0;
    isGivenUp();
    told = Date.now();
    report(endings.splice(0));
  };
  const work = async (): Promise<void> => {
    for (const [index, request] of queue) {
      if (cancel.aborted || isGivenUp()) endings.push([index, { error: "cancelled" }]);
      else if (halted) endings.push([index, { error: "not_sent" }]);
      else {
        const outcome = await perform(request, batch.timeoutMs, cancel);
        halted ||= "ok" in outcome && batch.haltOn.includes(outcome.ok.status);
        endings.push([index, outcome]);
      }
      timer ||= window.setTimeout(tell, REPORT_MS);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, batch.concurrency) }, work));
  window.clearTimeout(timer);
  tell();
}
