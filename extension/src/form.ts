/**
 * What the page does with a form. These types mirror src/mailcow/form.rs and script.rs and give way to the generated ones as
 * soon as the package `cowbell-core` is built from them.
 */

/** One thing to do. Values are set as if typed. "Visible" means that the element takes up space. */
export type Step =
  | { kind: "click"; selector: string; unlessVisible: string }
  | { kind: "await"; selector: string; timeoutMs: number }
  | { kind: "set_value"; selector: string; value: string }
  | { kind: "set_checked"; selector: string; checked: boolean }
  | { kind: "set_rows"; columns: string[]; add: string; remove: string; rows: string[][] };

/** What to read. */
export interface FormQuery {
  /** Selector of the form. */
  form: string;
  /** Selector of a select outside the form whose value is wanted. */
  provider: string;
  /** Name of the select inside the form whose option values are wanted. */
  optionsOf: string;
}

/** The form as it stands. It may hold a client secret: it goes to the panel and nowhere else. */
export interface FormState {
  origin: string;
  topLevel: boolean;
  present: boolean;
  visible: boolean;
  provider: string;
  /** Controls except hidden ones and buttons, in document order; those of the same name together. */
  controls: { name: string; values: string[] }[];
  templateOptions: string[];
}

/** How a script ended: all steps done, or the first that could not be, by position. */
export type ScriptEnd = { done: number } | { failed: number; why: StepFailure };

/** `missing`: the selector finds nothing; `timeout`: it never became visible; `no_option`: the select lacks the value; `refused`: the page did not follow. */
export type StepFailure = "missing" | "timeout" | "no_option" | "refused";

/** A small sign beside a control. */
export interface Mark {
  selector: string;
  severity: "good" | "info" | "unknown" | "warning" | "fault";
  /** What is said of the control; never a secret. */
  label: string;
}
