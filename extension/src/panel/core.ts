/** The core's verbs, as the panel calls them. `start.ts` makes them of wasm. */

import type { Cowbell, CowbellError, Finding } from "cowbell-core";
import { isTrap } from "./trap";

export type Core = Omit<Cowbell, "free" | typeof Symbol.dispose>;

/** What went wrong: what the core says of it, or the text of an error that it knows nothing of. */
export type Trouble = Finding | string;

/** What a verb threw. */
export function troubleOf(error: unknown): Trouble {
  // Concerns more than the verb: `onTrap` hears of it.
  if (isTrap(error)) reportError(error);
  return isCowbellError(error) ? error.finding : String(error);
}

function isCowbellError(error: unknown): error is CowbellError {
  return error instanceof Error && error.name === "CowbellError" && "finding" in error;
}
