/** Errors and interruptions at mailcow: the panel reports them, stores nothing, and continues. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { mailcowState } from "./harness/witness.ts";

journey("what gets in between at mailcow is said, and nothing is stored", async (step) => {
  await using stage = await launch({ standins: { users: 30 } });
  const witness = await stage.open("mailcow");
  const before = await mailcowState(witness);
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await actions.describeSetup(stage, panel);
  await actions.planAndApply(panel);
  const form = await actions.goToMailcow(stage, panel);

  await step("the page is reloaded before Save: what was filled in is gone", async () => {
    await actions.fillForm(panel);
    await form.reload();
    await stage.clickToolbarAgain(form);
    await panel.says(text("mailcow_differs"));
    await panel.assertAccessible();
    await panel.shots("mailcow-differs");
    assert.deepEqual(await mailcowState(witness), before);
  });

  await step("the session ends before “Save for me”, which works once somebody has signed in again", async () => {
    await stage.standins.control("POST", "/fault", { browser: { product: "mailcow", kind: "signed_out" } });
    await panel.press(text("mailcow_save"));
    await panel.confirm();
    await panel.says(finding("mailcow_not_signed_in"));
    await panel.assertAccessible();
    await panel.shots("mailcow-session-ended");
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
    assert.deepEqual(await mailcowState(witness), before);
    await panel.press(text("mailcow_save"));
    await panel.confirm();
    await panel.says(text("mailcow_saved"));
  });
});
