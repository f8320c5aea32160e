/** How long the client secret stays here: until mailcow has it, and no longer than the panel is used. */

import type { Panel } from "./panel";
import { shareRegistration } from "./registration";

/** Milliseconds without use after which it is gone. */
export const UNUSED_MS = 15 * 60_000;

/** Milliseconds between two looks at the clock, which goes on while a computer sleeps. */
const LOOK_MS = 60_000;

/** Lets go of the secret once both sides are as wanted. */
export function settle(panel: Panel): void {
  const { mailcow, registration } = panel.store.state;
  if (mailcow.kind === "live" && mailcow.view.inSync && registration?.remaining === 0) forget(panel);
}

/** Lets go of the tabs and the secret; another click on the icon brings them back. */
export function leave(panel: Panel): void {
  panel.tabs.leave(panel);
  forget(panel);
}

function forget(panel: Panel): void {
  panel.core.forgetSecret();
  shareRegistration(panel);
}

/** Calls `leave` when nobody has used the page for a while. What is `busy` is in use. */
export function whenUnused(page: EventTarget, busy: () => boolean, leave: () => void): void {
  let used = Date.now();
  const look = (): void => {
    if (busy()) used = Date.now();
    else if (Date.now() - used >= UNUSED_MS) leave();
  };
  const use = (): void => {
    // Before what is pressed is done.
    look();
    used = Date.now();
  };
  for (const kind of ["pointerdown", "keydown"]) page.addEventListener(kind, use, { capture: true, passive: true });
  setInterval(look, LOOK_MS);
}
