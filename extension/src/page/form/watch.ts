/** Reports a form whenever somebody changes it. */

import type { FormQuery, FormState } from "cowbell-core";
import { read } from "./read";

/** A paste ends in `input`; clicks and transitions show and hide the form. */
const CHANGES = ["input", "change", "click", "transitionend"];

/** Calls `report` at once and then after each change, at most once for each frame, until the signal. */
export function watch(query: FormQuery, report: (state: FormState) => void, end: AbortSignal): void {
  let frame = 0;
  let last = "";
  const now = (): void => {
    frame = 0;
    const state = read(query);
    const text = JSON.stringify(state);
    if (text === last) return;
    last = text;
    report(state);
  };
  const soon = (): void => {
    frame ||= requestAnimationFrame(now);
  };
  for (const kind of CHANGES) {
    document.addEventListener(kind, soon, { capture: true, passive: true, signal: end });
  }
  // Rows come and go without an event.
  const observer = new MutationObserver(soon);
  const form = document.querySelector(query.form);
  if (form) observer.observe(form, { subtree: true, childList: true });
  end.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  now();
}
