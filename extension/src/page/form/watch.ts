/** Reports a form whenever the user changes it. */

import type { FormQuery, FormState } from "cowbell-core";
import { find, listen } from "../own";
import { read } from "./read";

/** A paste ends in `input`; clicks and transitions show and hide the form. */
const CHANGES = ["input", "change", "click", "transitionend"];

/** What only the user does to a control. */
const TOUCHES = ["keydown", "pointerdown", "paste", "drop"];

/** Input types that enter a whole value at once. */
const WHOLE = new Set(["insertFromPaste", "insertFromDrop", "insertReplacementText"]);

/** Receives the state of a form; `settled` if the user entered a value at once, or left a field that was changed. */
export type Report = (state: FormState, settled: boolean) => void;

/** Calls `report` immediately and after each change, at most once per frame, until the signal aborts. */
export function watch(query: FormQuery, report: Report, end: AbortSignal): void {
  let frame = 0;
  let last = "";
  let settled = false;
  const touched = new WeakSet<EventTarget>();
  const now = (): void => {
    frame = 0;
    const state = read(query);
    const text = JSON.stringify(state);
    const wasSettled = settled;
    settled = false;
    if (text === last && !wasSettled) return;
    last = text;
    report(state, wasSettled);
  };
  const soon = (event?: Event): void => {
    settled ||= event !== undefined && settles(event, touched);
    frame ||= requestAnimationFrame(now);
  };
  for (const kind of CHANGES) {
    listen(kind, soon, end);
  }
  for (const kind of TOUCHES) {
    listen(kind, ({ isTrusted, target }) => void (isTrusted && target && touched.add(target)), end);
  }
  // Rows are added and removed without an event.
  const observer = new MutationObserver(() => soon());
  const form = find(query.form);
  if (form) observer.observe(form, { subtree: true, childList: true });
  end.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  now();
}

/**
 * Scripts, of the page above all, can change a field. Such an event is not trusted, unless the script uses an editing command or clicks on
 * a checkbox; so the user must also have touched that field since it last changed.
 */
function settles(event: Event, touched: WeakSet<EventTarget>): boolean {
  if (!event.isTrusted || !event.target || !touched.has(event.target)) return false;
  return event.type === "change"
    ? touched.delete(event.target)
    : event instanceof InputEvent && WHOLE.has(event.inputType);
}
