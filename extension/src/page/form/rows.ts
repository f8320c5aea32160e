/** Brings a list to the desired number of rows, using the page's own buttons. */

import type { Step, StepFailure } from "cowbell-core";
import { find, findAll } from "../own";

type CountRows = Extract<Step, { kind: "count_rows" }>;

/** Adds or removes rows until there are as many as desired, or the time is over; the last one cannot be removed. */
export function countRows({ column, add, remove, count }: CountRows, isOver: () => boolean): StepFailure | undefined {
  const rows = (): number => findAll(column).length;
  /** Presses a button; returns by how many rows that changed the list. */
  const press = (button: Element | null | undefined): number => {
    const before = rows();
    if (button instanceof HTMLElement) button.click();
    return rows() - before;
  };
  const least = Math.max(1, count);
  while (rows() < least && !isOver()) if (press(find(add)) <= 0) return "refused";
  while (rows() > least && !isOver()) if (press(findAll(remove)[least]) >= 0) return "refused";
  return isOver() ? "timeout" : undefined;
}
