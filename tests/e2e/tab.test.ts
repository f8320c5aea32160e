/** The tab that was clicked takes no script at that moment: it is read as soon as it does, without another click. */

import { test } from "node:test";

import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

test("the script cannot be put in at first, and nothing tells when it can", async () => {
  await using stage = await launch();
  const panel = await stage.clickToolbar(await stage.visit(stage.installation.origins.mailcow));
  await panel.says(text("elsewhere_title"));
  const tab = await stage.open("mailcow");
  const allow = await panel.page.evaluateHandle(() => {
    const { executeScript } = chrome.scripting;
    chrome.scripting.executeScript = () => Promise.reject(new Error("the tab takes no script"));
    return () => void (chrome.scripting.executeScript = executeScript);
  });
  await stage.clickToolbar(tab);
  await panel.says(text("lost_unreachable", { product: text("product_mailcow") }));
  await panel.assertAccessible();
  await panel.shots("lost-unreachable");
  await allow.evaluate((allow) => allow());
  await panel.says(text("mailcow_unknown"));
});
