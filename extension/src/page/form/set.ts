/** Setting controls as if somebody had typed: the value, then the events that a page listens to. */

import type { Script } from "cowbell-core";

/** A control that has a value. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Where a select hides in a widget that shows the chosen option by itself. */
export type Widgets = Pick<Script, "choiceWidget" | "choiceLabel">;

/** Whether an element is such a control. */
export function isControl(element: Element | null): element is Control {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement
  );
}

/** Whether somebody types into it. Others may hide in a widget that shows them. */
export function isTyped(control: Control): boolean {
  return !(control instanceof HTMLSelectElement) && control.type !== "checkbox" && control.type !== "radio";
}

/** Sets the text of an input or the option of a select; `false` if a select has no such option. */
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

/** Lets the widget around a select, if there is one, show the option that is chosen. */
function label(select: HTMLSelectElement, { choiceWidget, choiceLabel }: Widgets): void {
  const shown = select.closest(choiceWidget)?.querySelector(choiceLabel);
  if (shown) shown.textContent = select.selectedOptions[0]?.text ?? "";
}

/** Ticks a box or clears it. */
export function setChecked(box: HTMLInputElement, checked: boolean): void {
  if (box.checked === checked) return;
  box.checked = checked;
  tell(box);
}

function tell(control: Control): void {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}
