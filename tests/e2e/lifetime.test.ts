/** How long the panel keeps the client secret: until mailcow has it, and no longer than the panel is in use. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { authentikState } from "./harness/witness.ts";

/** Milliseconds without use after which the secret is discarded: `UNUSED_MS` of src/panel/secret.rs. */
const UNUSED_MS = 15 * 60_000;

/** Returns what a press of Copy would copy. */
function secretIn(panel: Panel): Promise<string | undefined> {
  return panel.page.evaluate(() => {
    const app = document.querySelector("cb-app") as unknown as {
      started: { core: { revealSecret(): string | undefined } };
    };
    return app.started.core.revealSecret();
  });
}

journey("the client secret is let go of as soon as nobody needs it", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const witness = await stage.open("authentik");
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const tab = await stage.visit(witness.url());
  const panel = await stage.clickToolbar(tab);
  await actions.describeSetup(stage, panel);
  await actions.planAndApply(panel);
  const registered = async (): Promise<string> =>
    String((await authentikState(witness)).providers[0]?.["client_secret"]);
  const gone = async (): Promise<void> => panel.until(async () => (await secretIn(panel)) === undefined);
  const here = async (): Promise<void> => assert.equal(await secretIn(panel), await registered());
  const clickAgain = async (): Promise<void> => {
    // A check, which starts again on another click, would discard it.
    await panel.go(text("section_plan"));
    await stage.clickToolbar(tab);
    await panel.until(async () => (await secretIn(panel)) !== undefined);
  };

  await step("nobody uses the panel: secret and tabs are gone, and another click brings them back", async () => {
    await here();
    const move = (by: number): Promise<void> =>
      panel.page.evaluate((by) => {
        const { now } = Date;
        Date.now = () => now() + by;
      }, by);
    await move(UNUSED_MS - 5_000);
    await panel.page.keyboard.press("Shift");
    await here();
    await move(UNUSED_MS);
    await panel.page.keyboard.press("Shift");
    await panel.says(text("lost_unused"));
    await gone();
    await panel.says(text("lost_unused_note", { product: text("product_authentik") }));
    await panel.says(text("secret_unknown", { provider: "Provider for mailcow" }));
    await panel.assertAccessible();
    await panel.shots("unused");
    await clickAgain();
    await here();
  });

  await step("the panel is closed", async () => {
    await panel.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await gone();
    await clickAgain();
    await here();
  });

  const form = await actions.goToMailcow(stage, panel);
  await step("mailcow’s form is filled and saved", async () => {
    await actions.fillForm(panel);
    await here();
    await actions.pressSave(stage, form);
    await panel.says(text("mailcow_saved"));
    await gone();
    await panel.go(text("section_plan"));
    await panel.says(text("secret_unknown", { provider: "Provider for mailcow" }));
  });
});
