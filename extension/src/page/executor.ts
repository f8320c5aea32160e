/**
 * The script that a click on the icon injects into a tab. Waits for the panel and carries out its messages; knows neither
 * product.
 */

import { onConnect } from "../ext";
import { PORT } from "../protocol";
import { serve } from "./session";

declare global {
  /** Set in the isolated world of a page that already has the script, because every click injects it again. */
  var cowbellIsHere: true | undefined;
}

// An element of the page with this id is seen under the same name, but is not `true`.
if (globalThis.cowbellIsHere !== true) {
  globalThis.cowbellIsHere = true;
  onConnect((port) => {
    if (port.name === PORT) serve(port);
  });
}
