/** The clicked tab accepts no script at that moment, or is slow: it is read as soon as possible, without another click. */

import { test } from "node:test";

import { finding, text } from "./harness/messages.ts";
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

test("a check waits for both products that were clicked, however long one of them takes", async () => {
  await using stage = await launch();
  const authentik = await stage.open("authentik");
  const mailcow = await stage.open("mailcow");
  const panel = await stage.clickToolbar(mailcow);
  await panel.says(text("mailcow_unknown"));
  const release = await panel.page.evaluateHandle(() => {
    const { executeScript } = chrome.scripting;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    chrome.scripting.executeScript = async (injection) => {
      chrome.scripting.executeScript = executeScript;
      await held;
      return executeScript(injection);
    };
    return release;
  });
  await stage.clickToolbar(authentik);
  await stage.clickToolbar(mailcow);
  await panel.go(text("section_check"));
  await panel.says(text("check_checking"));
  await panel.assertAccessible();
  await panel.shots("check-waiting");
  await release.evaluate((release) => release());
  await panel.says(finding("settings_missing"));
  await panel.says(finding("provider_differs", { count: 3 }));
});
