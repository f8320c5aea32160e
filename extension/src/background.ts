/** Turns a click on the toolbar icon into an open panel that knows which tab was meant. */

import { onIconClick, openPanel, rememberClick } from "./ext";

onIconClick((tab) => {
  // First and without awaiting anything: the browser accepts it only as part of the click.
  const opened = openPanel(tab.windowId);
  const remembered = rememberClick({ tabId: tab.id, windowId: tab.windowId, url: tab.url, at: Date.now() });
  Promise.all([opened, remembered]).catch(console.error);
});
