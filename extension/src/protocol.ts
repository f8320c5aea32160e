/**
 * What the panel and the script in a tab say to each other, over one port.
 * The panel asks, the page does it and answers; the page knows neither product.
 */

import type { Mark, ScriptEnd } from "./form";
import type { Batch, FormQuery, FormState, Script, SendError, WireResponse } from "cowbell-core";

/** Name of the port; the page ignores others. */
export const PORT = "cowbell";

/** The end of one request, as the page can tell it. That the page is gone, only the panel can. */
export type Outcome = { ok: WireResponse } | { error: Exclude<SendError, "tab_gone"> };

/** How the request at that position of its batch ended. */
export type Ending = [index: number, outcome: Outcome];

/** What a page says about itself. */
export interface PageFacts {
  url: string;
  origin: string;
  title: string;
  /** Whether it is the page of the tab, not a frame in it. */
  topLevel: boolean;
  readyState: DocumentReadyState;
}

/** From the panel to the page. `id` and `batch` come back in the answers. */
export type ToPage =
  | { kind: "page"; id: number }
  | ({ kind: "send"; batch: number } & Omit<Batch, "product">)
  | { kind: "cancel"; batch: number }
  | { kind: "fill"; id: number; script: Script }
  | { kind: "read"; id: number; query: FormQuery }
  | { kind: "watch"; query: FormQuery }
  | { kind: "mark"; marks: Mark[] };

/** From the page to the panel. */
export type ToPanel =
  | { kind: "facts"; id: number; facts: PageFacts }
  | { kind: "answers"; batch: number; endings: Ending[] }
  | { kind: "filled"; id: number; end: ScriptEnd }
  | { kind: "form"; id: number; state: FormState }
  /** `settled`: a value was pasted, or the field was left; otherwise somebody may still be typing. */
  | { kind: "changed"; state: FormState; settled: boolean };
