/** The types of a page's form beyond those of the core: how a fill script ended, and marks. */

import type { Severity } from "cowbell-core";

/** How a fill script ended: all steps done, or the position of the first that failed. */
export type ScriptEnd = { done: number } | { failed: number; why: StepFailure };

/**
 * `missing`: the selector matches nothing; `timeout`: the element did not become visible in time; `hidden`: a text field is not
 * visible; `no_option`: the select lacks the value; `refused`: the page did not react.
 */
export type StepFailure = "missing" | "timeout" | "hidden" | "no_option" | "refused";

/** A small sign in front of a control. */
export interface Mark {
  selector: string;
  severity: Severity;
  /** What the mark says about the control; never a secret. */
  label: string;
  /** Whether Cowbell has filled in the control; the sign then gets a thick frame. */
  filled: boolean;
}
