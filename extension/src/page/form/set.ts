/** Setting controls as if somebody had typed: the value, then the events that a page listens to. */

/** A control that has a value. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Whether an element is such a control. */
export function isControl(element: Element | null): element is Control {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;
}

/** Sets the text of an input or the option of a select; `false` if a select has no such option. */
export function setValue(control: Control, value: string): boolean {
  if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === value)) return false;
  if (control.value !== value) {
    control.value = value;
    tell(control);
  }
  return true;
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
