/** The page leaves just when the icon is clicked: the one that comes instead is read, without another click. */

import { test } from "node:test";

import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** What a page does to itself at the moment of the click. */
const LEAVING: [what: string, leave: () => void][] = [
  ["is being reloaded", () => void setTimeout(() => location.reload())],
  [
    "is being replaced, twice",
    () => {
      setTimeout(() => location.assign("/admin/"));
      setTimeout(() => location.assign("/admin/system?again"), 50);
    },
  ],
];

for (const [what, leave] of LEAVING) {
  test(`the page ${what} when the icon is clicked`, async () => {
    await using stage = await launch({ standins: { delay: 40 } });
    const tab = await stage.open("mailcow");
    await tab.bringToFront();
    await tab.evaluate(leave);
    await stage.clickIcon(tab);
    const panel = await stage.panel();
    await panel.says(text("mailcow_unknown"));
    await panel.press(text("mailcow_show_form"));
    await tab.waitForSelector('form[data-id="iam_generic"]', { visible: true });
  });
}
