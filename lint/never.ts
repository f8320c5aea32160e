// Listens to no one else.
runtime.onMessage.addListener(go);
chrome.runtime.onMessage.addListener(go);
runtime.onMessageExternal.addListener(go);
runtime.onConnectExternal.addListener(go);
// Sends nothing in other ways.
new XMLHttpRequest();
new window.XMLHttpRequest();
new WebSocket(url);
new EventSource(url);
navigator.sendBeacon(url);
// Opens nothing and runs no command.
document.execCommand("copy");
window.open(url);
globalThis.open(url);
window["open"](url);
// Submits nothing for the administrator.
form.submit();
form?.submit();
form["submit"]();
const { submit } = form;
form.requestSubmit();
// Text remains text.
element.innerHTML = text;
element["innerHTML"] = text;
Object.assign(element, { innerHTML: text });
html`<p .innerHTML=${text}></p>`;
element.outerHTML = text;
element.insertAdjacentHTML("beforeend", text);
element.setHTMLUnsafe(text);
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import "lit/directives/unsafe-html.js";
import("lit/directives/unsafe-html.js");
document.write(text);
document.writeln(text);
new DOMParser();
// Stores nothing on the disk.
storage.local.set({});
chrome.storage.local.set({});
chrome.storage.sync.set({});
storage["local"];
localStorage.setItem(text, text);
window["localStorage"];
indexedDB.open(text);
