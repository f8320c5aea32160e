// Requests with the session of the page.
fetch(url);
window.fetch(url);
window["fetch"](url);
const { fetch: send } = window;
document.cookie;
document["cookie"];
const { cookie } = document;
cookieStore.getAll();
