/** Put into a tab when the icon is clicked there. Waits for the panel and does as it is told; knows neither product. */

import { onConnect } from "../ext";
import { PORT } from "../protocol";
import { serve } from "./session";

declare global {
  /** Set in the isolated world of a page that has the script already; every click puts it in again. */
  var cowbellIsHere: true | undefined;
}

if (!globalThis.cowbellIsHere) {
  globalThis.cowbellIsHere = true;
  onConnect((port) => {
    if (port.name === PORT) serve(port);
  });
}
