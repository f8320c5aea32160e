/** Reads the current state of a form. */

import type { FormQuery, FormState } from "cowbell-core";
import { isInSight } from "./dom";
import { type Control, isControl, isTyped } from "./set";

const NO_VALUE = new Set(["hidden", "button", "submit", "reset", "image", "file"]);

/** Returns the state of the form, whether or not it exists. */
export function read(query: FormQuery): FormState {
  const form = document.querySelector(query.form);
  const provider = document.querySelector(query.provider);
  const values = new Map<string, string[]>();
  const options = new Set<string>();
  let visible = isInSight(form);
  for (const control of form?.querySelectorAll("[name]") ?? []) {
    if (!isControl(control) || NO_VALUE.has(control.type)) continue;
    visible &&= !isTyped(control) || isInSight(control);
    values.set(control.name, [...(values.get(control.name) ?? []), valueIn(control)]);
    if (control.name === query.optionsOf && control instanceof HTMLSelectElement) {
      for (const { value } of control.options) if (value !== "") options.add(value);
    }
  }
  return {
    origin: location.origin,
    topLevel: window.top === window,
    present: form !== null,
    visible,
    provider: isControl(provider) ? provider.value : "",
    controls: [...values].map(([name, of]) => ({ name, values: of })),
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
