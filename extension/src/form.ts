/** The marks that are shown in a page. */

import type { Severity } from "cowbell-core";

/** A small sign in front of a control. */
export interface Mark {
  selector: string;
  severity: Severity;
  /** What the mark says about the control; never a secret. */
  label: string;
  /** Whether Cowbell has filled in the control; the sign then gets a thick frame. */
  filled: boolean;
}
