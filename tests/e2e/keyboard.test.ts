/** The panel without a mouse, and on a narrow screen. */

import assert from "node:assert/strict";

import type { KeyInput } from "puppeteer-core";

import { focused } from "./harness/accessible.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";

journey("the keyboard alone leads from Set up to the plan and back", async (step) => {
  await using stage = await launch({ standins: { users: 50, halfMade: true } });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("audience_all"));
  await panel.toFront();

  await step("Tab reaches the address, which can be typed", async () => {
    await reach(panel, text("setup_mailcow"));
    await panel.page.keyboard.type(stage.installation.origins.mailcow);
    await panel.says(text("setup_existing"));
  });

  await step("arrows choose who gets a verified address, and Enter opens and closes the options", async () => {
    await reach(panel, text("audience_all"));
    await panel.page.keyboard.press("ArrowDown");
    await panel.says(text("draft_nothing_chosen"));
    await reach(panel, text("groups"));
    await press(panel, "ArrowDown", " ");
    await panel.find(">>> cb-list >>> .picked");
    await panel.assertAccessible();
    await panel.shots("setup-groups");
    await reachBack(panel, text("audience_groups"));
    await panel.page.keyboard.press("ArrowUp");
    await reach(panel, text("setup_options"));
    await panel.page.keyboard.press("Enter");
    await panel.says(text("options_slug"));
    await panel.assertAccessible();
    await panel.shots("setup-options");
    await panel.page.keyboard.press("Enter");
  });

  await step("Enter shows the plan", async () => {
    await reach(panel, text("setup_show"));
    await panel.page.keyboard.press("Enter");
    await panel.says(text("plan_create"));
  });

  await step("arrows move between the sections", async () => {
    await reachBack(panel, text("section_plan"));
    await panel.page.keyboard.press("ArrowLeft");
    await panel.says(text("setup_title"));
    assert.equal(await focused(panel.page), text("section_setup"));
    await reachBack(panel, text("place_connect"));
    await panel.page.keyboard.press("End");
    await panel.says(text("maintenance_none_title"));
    await panel.page.keyboard.press("ArrowLeft");
    await panel.says(text("readiness_needs"));
    await panel.assertAccessible();
    await panel.page.keyboard.press("ArrowLeft");
    await panel.says(text("check_lead"));
    await panel.assertAccessible();
    await panel.shots("check-before");
  });
});

/** Presses Tab until the focused element has this name. */
async function reach(panel: Panel, name: string): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < 40; stop++) {
    await panel.page.keyboard.press("Tab");
    const here = await focused(panel.page);
    if (here.startsWith(name)) return;
    passed.push(here);
  }
  assert.fail(`Tab never comes to ${name}, but to ${passed.join(" | ")}`);
}

/** Does the same backwards. */
async function reachBack(panel: Panel, name: string): Promise<void> {
  await panel.page.keyboard.down("Shift");
  await reach(panel, name);
  await panel.page.keyboard.up("Shift");
}

async function press(panel: Panel, ...keys: KeyInput[]): Promise<void> {
  for (const key of keys) await panel.page.keyboard.press(key);
}
