/** Opens the panel on a click on the toolbar icon and records which tab was clicked. */

import { onIconClick, openPanel, rememberClick } from "./ext";

onIconClick((tab) => {
  // Before anything is awaited: the browser opens the panel only within the handler of the click.
  const opened = openPanel(tab.windowId);
  const remembered = rememberClick({ tabId: tab.id, windowId: tab.windowId, url: tab.url, at: Date.now() });
  Promise.all([opened, remembered]).catch(console.error);
});
