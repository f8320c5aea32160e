/** The panel's page: loads the core, then shows the panel. */

import init, { Panel } from "cowbell-core";
import { language, message } from "../ext";
import { App } from "./app";
import { start } from "./start";
import { useTexts } from "./text/source";
import { t } from "./text/words";
import { isTrap, onTrap } from "./trap";

useTexts({ message, language });

const app = new App();
document.body.append(app);
onTrap(() => (app.broken = t("trouble_trap")));
try {
  await init();
  app.started = await start(
    (host, allowed, kept) => new Panel(host, allowed, kept),
    (error) => (isTrap(error) ? reportError(error) : (app.broken = String(error))),
  );
  // Shown in the browser's performance tools, and read by `cargo xtask bench`.
  performance.mark("core-ready");
} catch (error) {
  app.broken = String(error);
}
