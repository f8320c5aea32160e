/** The panel uses the clipboard, downloads, windows and tabs only when a button that says so is pressed. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** Starts recording what the panel does outside its page, instead of doing it. */
async function watch(panel: Page): Promise<void> {
  await panel.evaluate(() => {
    const done: string[] = [];
    Object.assign(globalThis, { done });
    const note = (what: string) => (): Promise<void> => Promise.resolve(void done.push(what));
    Object.assign(Clipboard.prototype, {
      writeText: note("clipboard"),
      write: note("clipboard"),
      readText: note("clipboard read"),
      read: note("clipboard read"),
    });
    document.execCommand = (command) => done.push(command) === 0;
    HTMLAnchorElement.prototype.click = function () {
      done.push(this.download === "" ? "link" : "download");
    };
    globalThis.open = () => {
      done.push("window");
      return null;
    };
    Object.assign(chrome.tabs, { create: note("tab") });
    Object.assign(chrome.windows, { create: note("window") });
  });
}

/** Returns what was recorded since the last call. */
function done(panel: Page): Promise<string[]> {
  return panel.evaluate(() => (globalThis as unknown as { done: string[] }).done.splice(0));
}

journey("nothing leaves the panel without a click that asks for it", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const mailcow = await stage.open("mailcow");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await watch(panel.page);
  const pages = (await stage.browser.pages()).length;

  await step("both sides are set up and checked: nothing", async () => {
    await actions.describeSetup(stage, panel);
    await actions.planAndApply(panel);
    await stage.clickToolbar(mailcow);
    await actions.fillForm(panel);
    await panel.press(text("form_test_run"));
    await panel.press(text("form_test_again"));
    await actions.pressSave(stage, mailcow);
    await panel.says(text("mailcow_saved"));
    await panel.press(text("mailcow_check"));
    await panel.says(finding("settings_in_sync"));
    await panel.go(text("section_readiness"));
    await panel.type(text("readiness_address"), "somebody@nowhere.example");
    await panel.press(text("readiness_ask"));
    await panel.go(text("section_switch"));
    await panel.press(text("people_read"));
    await panel.says(text("wave_title"));
    await panel.go(text("section_check"));
    await panel.press(text("signins_explain"));
    await panel.says(text("signins_unseen"));
    for (const section of ["setup", "plan", "mailcow", "check", "readiness", "switch", "maintain"])
      await panel.go(text(`section_${section}`));
    assert.deepEqual(await done(panel.page), []);
    assert.equal((await stage.browser.pages()).length, pages);
  });

  await step("each button does the one thing that it says", async () => {
    await panel.go(text("section_readiness"));
    await panel.press(text("readiness_csv"));
    assert.deepEqual(await done(panel.page), ["download"]);
    await panel.go(text("section_maintain"));
    await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("export"))})`);
    await panel.press(`${text("save_file")} ${text("export_report")}`);
    assert.deepEqual(await done(panel.page), ["download"]);
    await panel.go(text("section_check"));
    await panel.press(text("test_sign_in_run"));
    await panel.until(async () => (await done(panel.page)).join() === "window");
    await panel.go(text("section_plan"));
    await panel.copy(text("client_id"));
    assert.deepEqual(await done(panel.page), ["clipboard"]);
  });
});
