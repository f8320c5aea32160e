/** The panel's page: loads the core, then shows the panel. */

import init, { onPanic, Panel, panicOnPurpose } from "cowbell-core";
import { version } from "../ext";
import { App } from "./app";
import { recallLanguage, startTexts } from "./language";
import { readStored, start } from "./start";
import { t } from "./text/words";
import { isPanic, notePanic, onCorePanic } from "./panic";

startTexts();

const app = new App();
document.body.append(app);
onCorePanic((message) => {
  app.broken = { label: t("error_panic"), details: `Cowbell ${version()}\n${navigator.userAgent}\n${message}` };
});
try {
  // What the browser has stored is read while the core is compiled.
  const [stored] = await Promise.all([readStored(), init(), recallLanguage()]);
  onPanic(notePanic);
  app.started = await start(
    stored,
    (host, allowed, window, kept) => new Panel(host, allowed, window, kept),
    (error) => (isPanic(error) ? reportError(error) : (app.broken = { label: String(error) })),
  );
  // Appears in the browser's performance tools; `cargo xtask bench` reads it.
  performance.mark("core-ready");
} catch (error) {
  app.broken = { label: String(error) };
}

/**
 * Makes the core panic with a text, to show how the panel handles it: `(await import("./panel.js")).panic("…")` in the console.
 */
export function panic(text: string): void {
  panicOnPurpose(text);
}
