/** The page is unloaded while the icon is clicked: the next page is read without another click. */

import { test } from "node:test";

import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

test("the page leaves when the icon is clicked: it is reloaded, or replaced by another, and that by a third", async () => {
  await using stage = await launch({ standins: { delay: 40 } });
  const tab = await stage.open("mailcow");
  for (const leave of [
    (): void => void setTimeout(() => location.reload()),
    (): void => {
      setTimeout(() => location.assign("/admin/"));
      setTimeout(() => location.assign("/admin/system?again"), 50);
    },
  ]) {
    await tab.bringToFront();
    await tab.evaluate(leave);
    await stage.clickIcon(tab);
    const panel = await stage.panel();
    await panel.says(text("mailcow_unknown"));
    await panel.press(text("mailcow_show_form"));
    await tab.waitForSelector('form[data-id="iam_generic"]', { visible: true });
    await panel.close();
  }
});
