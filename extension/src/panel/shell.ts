/** What every part of the panel is rendered from. */

import type { Event, Panel, View } from "cowbell-core";

/** The core, as the panel calls it. `main.ts` makes it of wasm. */
export type Core = Omit<Panel, "free" | typeof Symbol.dispose>;

export interface Shell {
  /** What is to be shown now. */
  view: View;
  /** For what the view does not hold: rows of long lists, the client secret, texts of files. */
  core: Pick<Core, "findUsers" | "findReadiness" | "revealSecret" | "exportAs" | "planFile">;
  /** Tells the core what the administrator wants. */
  send: (event: Event) => void;
}
