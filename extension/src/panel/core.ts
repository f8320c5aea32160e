/** The core's verbs, as the panel calls them. Made of wasm in the extension, made up in the gallery. */

import type { Cowbell, CowbellError, Fault } from "cowbell-core";

export type Core = Omit<Cowbell, "free" | typeof Symbol.dispose>;

/** What a verb threw, as a fault that can be shown. */
export function faultOf(error: unknown): Fault {
  return isCowbellError(error) ? error.fault : { code: "other", arguments: [{ name: "detail", value: String(error) }] };
}

function isCowbellError(error: unknown): error is CowbellError {
  return error instanceof Error && error.name === "CowbellError" && "fault" in error;
}
