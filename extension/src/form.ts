/** What the page does with a form beyond the core's own types: how a script ended, and marks. */

import type { Severity } from "cowbell-core";

/** How a script ended: all steps done, or the first that could not be, by position. */
export type ScriptEnd = { done: number } | { failed: number; why: StepFailure };

/** `missing`: the selector finds nothing; `timeout`: it never came into sight; `hidden`: a field for text that is out of sight; `no_option`: the select lacks the value; `refused`: the page did not follow. */
export type StepFailure = "missing" | "timeout" | "hidden" | "no_option" | "refused";

/** A small sign in front of a control. */
export interface Mark {
  selector: string;
  severity: Severity;
  /** What is said of the control; never a secret. */
  label: string;
  /** Whether Cowbell has filled the control in: the sign gets a strong frame. */
  filled: boolean;
}
