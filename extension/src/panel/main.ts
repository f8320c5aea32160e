/** The panel's page: loads the core, then shows the panel. */

import init, { Cowbell } from "cowbell-core";
import { language, message } from "../ext";
import { App } from "./app";
import { start } from "./start";
import { useTexts } from "./text/source";
import { t } from "./text/words";
import { onTrap } from "./trap";

useTexts({ message, language });

const app = new App();
document.body.append(app);
onTrap(() => (app.broken = t("trouble_trap")));
try {
  await init();
  app.panel = await start((outside) => new Cowbell(outside));
  // Shown in the browser's performance tools, and read by `cargo xtask bench`.
  performance.mark("core-ready");
} catch (error) {
  app.broken = String(error);
}
