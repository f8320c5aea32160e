/** Reports a form whenever somebody changes it. */

import type { FormQuery, FormState } from "cowbell-core";
import { read } from "./read";

/** A paste ends in `input`; clicks and transitions show and hide the form. */
const CHANGES = ["input", "change", "click", "transitionend"];

/** Kinds of input that put a whole value in at once. */
const WHOLE = new Set(["insertFromPaste", "insertFromDrop", "insertReplacementText"]);

/** Hears of a form; `settled` when a value was put in at once, or a changed field was left. */
export type Report = (state: FormState, settled: boolean) => void;

/** Calls `report` at once and then after each change, at most once for each frame, until the signal. */
export function watch(query: FormQuery, report: Report, end: AbortSignal): void {
  let frame = 0;
  let last = "";
  let settled = false;
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
    settled ||= event !== undefined && settles(event);
    frame ||= requestAnimationFrame(now);
  };
  for (const kind of CHANGES) {
    document.addEventListener(kind, soon, { capture: true, passive: true, signal: end });
  }
  // Rows come and go without an event.
  const observer = new MutationObserver(() => soon());
  const form = document.querySelector(query.form);
  if (form) observer.observe(form, { subtree: true, childList: true });
  end.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  now();
}

function settles(event: Event): boolean {
  return event.type === "change" || (event instanceof InputEvent && WHOLE.has(event.inputType));
}
