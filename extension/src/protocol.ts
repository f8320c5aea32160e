/**
 * The messages between the panel and the script in a tab, over one port. The panel sends commands and the page carries them out;
 * the script knows neither product.
 */

import type { Mark } from "./form";
import type { Batch, FormQuery, FormState, Script, ScriptEnd, SendError, WireResponse } from "cowbell-core";

/** Name of the port; the page ignores all others. */
export const PORT = "cowbell";

/** Milliseconds beyond the time limit of one request after which a page that has told nothing meanwhile is given up, on both sides. */
export const GRACE_MS = 15_000;

/** How one request ended, as far as the page can tell. Only the panel can tell that the page is gone. */
export type Outcome = { ok: WireResponse } | { error: Exclude<SendError, "tab_gone"> };

/** How the request at that position in its batch ended. */
export type Ending = [index: number, outcome: Outcome];

/** From the panel to the page. `id` and `batch` are repeated in the replies. */
export type ToPage =
  | { kind: "page"; id: number }
  /** `at`: milliseconds since 1970 when the panel sent it, from which it waits. */
  | ({ kind: "send"; batch: number; at: number } & Omit<Batch, "product">)
  | { kind: "cancel"; batch: number }
  /** `end`: milliseconds since 1970 after which no step begins, because the panel has given up by then. */
  | { kind: "fill"; id: number; script: Script; end: number }
  | { kind: "read"; id: number; query: FormQuery }
  | { kind: "watch"; query: FormQuery }
  | { kind: "mark"; marks: Mark[] };

/** From the page to the panel. */
export type ToPanel =
  /** `language`: what the document says of itself, such as `de-de`; empty if nothing. */
  | { kind: "page"; id: number; url: string; language: string }
  | { kind: "answers"; batch: number; endings: Ending[] }
  | { kind: "filled"; id: number; end: ScriptEnd }
  | { kind: "form"; id: number; state: FormState }
  /** The command with this id could not be carried out. */
  | { kind: "failed"; id: number }
  /** `settled`: a value was pasted or the field was left; otherwise the user may still be typing. */
  | { kind: "changed"; state: FormState; settled: boolean };
