/** Sets a list of rows to exactly the desired values, using the page's own buttons. */

import type { Step } from "cowbell-core";
import type { StepFailure } from "../../form";
import { isControl, setValue, type Widgets } from "./set";

type SetRows = Extract<Step, { kind: "set_rows" }>;

/** Adds or removes rows until there is one for each desired row (the last one cannot be removed), then sets and clears values. */
export function setRows({ columns, add, remove, rows }: SetRows, widgets: Widgets): StepFailure | undefined {
  const first = columns[0] ?? "";
  const count = (): number => document.querySelectorAll(first).length;
  const press = (button: Element | undefined | null): boolean => {
    const before = count();
    if (!(button instanceof HTMLElement)) return false;
    button.click();
    return count() !== before;
  };
  while (count() < rows.length) {
    if (!press(document.querySelector(add))) return "refused";
  }
  while (count() > Math.max(1, rows.length)) {
    const spare = document.querySelectorAll(remove)[rows.length === 0 ? 1 : rows.length];
    if (!press(spare)) return "refused";
  }
  for (const [column, selector] of columns.entries()) {
    for (const [row, control] of document.querySelectorAll(selector).entries()) {
      if (!isControl(control)) return "missing";
      if (!setValue(control, rows[row]?.[column] ?? "", widgets)) return "no_option";
    }
  }
  return undefined;
}
