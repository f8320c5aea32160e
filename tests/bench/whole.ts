/** `email_verified` for the whole directory, as an administrator has Cowbell set it. */

import type { Page } from "puppeteer-core";

import { text } from "../e2e/harness/messages.ts";
import type { Panel } from "../e2e/harness/panel.ts";
import type { Stage } from "../e2e/harness/stage.ts";

/** Shows the plan in a new page of authentik. */
export async function planned(stage: Stage): Promise<{ tab: Page; panel: Panel }> {
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  // Long runs are measured, not cut off.
  panel.page.setDefaultTimeout(150_000);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  return { tab, panel };
}

/** Applies it. Nobody looks at the panel with every frame meanwhile: that would cost the run its time, and nobody else's. */
export async function applied({ tab, panel }: { tab: Page; panel: Panel }): Promise<void> {
  await panel.pressMain();
  await tab.waitForNetworkIdle({ idleTime: 2_000, timeout: 150_000 });
}
