/** The tab that was clicked takes no script at that moment: it is read as soon as it does, without another click. */

import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { environment } from "./harness/environment.ts";
import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

test("the script cannot be put in at first, and nothing tells when it can", async () => {
  const extension = await mkdtemp(join(tmpdir(), "cowbell-"));
  const [script, away] = [join(extension, "page.js"), join(extension, "page.away")];
  try {
    await cp(environment.extension(), extension, { recursive: true });
    await using stage = await launch({ extension });
    const tab = await stage.open("mailcow");
    await rename(script, away);
    const panel = await stage.clickToolbar(tab);
    await panel.says(text("lost_unreachable", { product: text("product_mailcow") }));
    await panel.assertAccessible();
    await panel.shots("lost-unreachable");
    await rename(away, script);
    await panel.says(text("mailcow_unknown"));
  } finally {
    await rm(extension, { recursive: true });
  }
});

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
    await tab.triggerExtensionAction(stage.extension);
    const panel = await stage.panel();
    await panel.says(text("mailcow_unknown"));
    await panel.press(text("mailcow_show_form"));
    await tab.waitForSelector('form[data-id="iam_generic"]', { visible: true });
  });
}
