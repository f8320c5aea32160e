/** Reads the current state of a form. */

import type { FormQuery, FormState } from "cowbell-core";
import { controlsOf, find } from "../own";
import { flawOf, formOf, MOST_CONTROLS } from "./form";
import { type Control, isControl, isTyped } from "./set";
import { isInSight } from "./sight";

const NO_VALUE = new Set(["hidden", "button", "submit", "reset", "image", "file"]);

/** Characters of all values together that are read at most. */
export const MOST_CHARACTERS = 256 * 1024;

/** Returns the state of the form, whether or not it exists. Of one that is too large, no value is returned. */
export function read(query: FormQuery): FormState {
  const form = formOf(query.form);
  const provider = find(query.provider);
  const state: FormState = {
    origin: location.origin,
    topLevel: window.top === window,
    present: form !== undefined,
    visible: false,
    provider: provider instanceof HTMLSelectElement ? provider.value.slice(0, MOST_CHARACTERS) : "",
    controls: [],
    templateOptions: [],
  };
  if (!form) return state;
  const flaw = flawOf(form, query.form);
  const values = flaw === "too_large" ? undefined : valuesIn(form, query.optionsOf);
  if (!values) return { ...state, flaw: "too_large" };
  return { ...state, ...values, ...(flaw && { flaw }), visible: values.visible && isInSight(form) };
}

/** What is read of the controls of a form. */
type Values = Required<Pick<FormState, "controls" | "templateOptions" | "visible">>;

/** Returns the values in a form and whether each of its text fields is in sight; none if there is too much of them. */
function valuesIn(form: HTMLFormElement, optionsOf: string): Values | undefined {
  const values = new Map<string, string[]>();
  const options = new Set<string>();
  let visible = true;
  let characters = 0;
  for (const control of controlsOf(form)) {
    if (!isControl(control) || NO_VALUE.has(control.type) || control.name === "") continue;
    const value = valueIn(control);
    characters += control.name.length + value.length;
    if (control.name === optionsOf && control instanceof HTMLSelectElement) {
      if (control.options.length > MOST_CONTROLS) return undefined;
      for (const { value } of control.options) {
        characters += value.length;
        if (value !== "") options.add(value);
      }
    }
    if (characters > MOST_CHARACTERS) return undefined;
    visible &&= !isTyped(control) || isInSight(control);
    values.set(control.name, [...(values.get(control.name) ?? []), value]);
  }
  return {
    visible,
    controls: [...values].map(([name, values]) => ({ name, values })),
    templateOptions: [...options],
  };
}

function valueIn(control: Control): string {
  return control.type === "checkbox" && control instanceof HTMLInputElement
    ? control.checked
      ? "1"
      : ""
    : control.value;
}
