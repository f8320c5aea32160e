/** Loads the core with both products, and shows the simulated browser with the panel beside it. */

import { loadCore } from "../core";
import { Try } from "./view";

/** Shows everything in an element; resolves when it can be used. */
export async function begin(place: HTMLElement): Promise<void> {
  await loadCore();
  const shown = new Try();
  place.append(shown);
  await shown.begun;
}
