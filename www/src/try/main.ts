/** Loads the core with both products, and shows the simulated browser with the panel beside it. */

import { html, render } from "lit";
import { loadCore } from "../core";
import "./view";

/** Shows everything in an element; resolves when it can be used. */
export async function begin(place: HTMLElement): Promise<void> {
  await loadCore();
  render(html`<site-try></site-try>`, place);
}
