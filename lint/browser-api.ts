// The only access to the browser's extension API.
chrome.tabs.get(1);
globalThis.chrome;
window["chrome"];
browser.tabs;
let port: chrome.runtime.Port;
tabs.create({ url });
api.tabs.create({ url });
api.tabs["create"]({ url });
windows.create({ url });
// The only connections to the extension: the panel to its own script in a page.
runtime.onConnect.addListener(go);
const { onConnect } = runtime;
const { onConnect: connected } = runtime;
