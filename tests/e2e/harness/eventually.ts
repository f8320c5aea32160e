/** Waits for conditions that the harness checks itself. */

import { setTimeout } from "node:timers/promises";

/** Milliseconds that anything may take: thousands of requests on a busy machine. */
export const PATIENCE_MS = 60_000;

/** Milliseconds between two checks, so that whatever is waited for gets the processor. */
const PACE_MS = 20;

/** Checks repeatedly until a result is there. */
export async function eventually<LastSearch>(
  what: string,
  look: () => Promise<LastSearch | undefined>,
): Promise<LastSearch> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(PACE_MS);
  }
  throw new Error(`in vain: ${what}`);
}
