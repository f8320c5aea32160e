/** Cowbell, as an administrator uses it. */

import { text } from "../../e2e/harness/messages.ts";
import type { Peer } from "./peer.ts";

export const cowbell: Peer = async ({ stage }, ready) => {
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  panel.page.setDefaultTimeout(150_000);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  await ready();
  await panel.pressMain();
  // Nobody looks at the panel with every frame while a run goes on: that would cost the run its time.
  await tab.waitForNetworkIdle({ idleTime: 2_000, timeout: 150_000 });
  const words = await panel.text();
  if (words.includes(text("done_all"))) return "";
  return [text("done_some"), text("done_stopped")].find((part) => words.includes(part)) ?? words;
};
