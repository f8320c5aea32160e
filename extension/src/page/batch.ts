/** Performs the requests of a batch, several at once, and reports each end as it comes. */

import type { Batch } from "cowbell-core";
import type { Outcome } from "../protocol";
import { perform } from "./request";

/** Calls `report` exactly once for each request; resolves after the last. */
export async function run(batch: Omit<Batch, "product">, cancel: AbortSignal, report: (index: number, outcome: Outcome) => void): Promise<void> {
  const queue = batch.requests.entries();
  let halted = false;
  const work = async (): Promise<void> => {
    for (const [index, request] of queue) {
      if (cancel.aborted) report(index, { fault: "cancelled" });
      else if (halted) report(index, { fault: "not_sent" });
      else {
        const outcome = await perform(request, batch.timeoutMs, cancel);
        halted ||= "ok" in outcome && batch.haltOn.includes(outcome.ok.status);
        report(index, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, batch.concurrency) }, work));
}
