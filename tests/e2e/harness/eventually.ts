/** Waiting for what the harness itself looks for. */

import { setTimeout } from "node:timers/promises";

/** Milliseconds that anything may take: thousands of requests on a machine that has more to do. */
export const PATIENCE_MS = 60_000;

/** Milliseconds from one look to the next, in which what is waited for gets the processor. */
const PACE_MS = 20;

/** Looks again and again until something is there. */
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
