/** Sets controls as if the user had typed: the value, then the events that pages listen for. */

import type { Script } from "cowbell-core";

/** A control that has a value. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Selectors of the widget that may replace a select and shows the selected option itself. */
export type Widgets = Pick<Script, "choiceWidget" | "choiceLabel">;

/** Returns whether an element is such a control. */
export function isControl(element: Element | null): element is Control {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement
  );
}

/** Returns whether the user types into a control. Others may be hidden behind a widget that shows their value. */
export function isTyped(control: Control): boolean {
  return !(control instanceof HTMLSelectElement) && control.type !== "checkbox" && control.type !== "radio";
}

/** Sets the text of an input or the option of a select; returns `false` if a select has no such option. */
export function setValue(control: Control, value: string, widgets: Widgets): boolean {
  const select = control instanceof HTMLSelectElement ? control : undefined;
  if (select && ![...select.options].some((option) => option.value === value)) return false;
  if (control.value !== value) {
    control.value = value;
    tell(control);
  }
  if (select) label(select, widgets);
  return true;
}

/** Updates the widget around a select, if there is one, to show the selected option. */
function label(select: HTMLSelectElement, { choiceWidget, choiceLabel }: Widgets): void {
  const shown = select.closest(choiceWidget)?.querySelector(choiceLabel);
  if (shown) shown.textContent = select.selectedOptions[0]?.text ?? "";
}

/** Checks or unchecks a checkbox. */
export function setChecked(box: HTMLInputElement, checked: boolean): void {
  if (box.checked === checked) return;
  box.checked = checked;
  tell(box);
}

function tell(control: Control): void {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}
