/** What every part of the panel is rendered from. */

import type { Event, Panel, View } from "cowbell-core";
import type { Language } from "./text/languages";

/** The core, as the panel calls it. `main.ts` creates it from the wasm package. */
export type Core = Omit<Panel, "free" | typeof Symbol.dispose>;

export interface Shell {
  /** What to show now. */
  view: View;
  /** Queries for what the view does not contain: rows of long lists, the client secret, contents of files. */
  core: Pick<
    Core,
    | "findUsers"
    | "findReadiness"
    | "findArrivals"
    | "findPeople"
    | "findWave"
    | "revealSecret"
    | "exportAs"
    | "planFile"
  >;
  /** Sends an event of the administrator to the core. */
  send: (event: Event) => void;
  /** Shows the panel in another language. */
  speak: (language: Language) => void;
}
