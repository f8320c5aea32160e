/** How long the panel has the client secret: until mailcow has it, and no longer than somebody uses the panel. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { UNUSED_MS, whenUnused } from "../../extension/src/panel/act/secret";
import * as acts from "./harness/acts.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, mailcowState } from "./harness/witness.ts";

/** What a press of Copy would copy. */
function secretIn(panel: Panel): Promise<string | undefined> {
  return panel.page.evaluate(() => {
    const app = document.querySelector("cb-app") as unknown as {
      panel: { core: { revealSecret(): string | undefined } };
    };
    return app.panel.core.revealSecret();
  });
}

journey("the client secret is let go of as soon as nobody needs it", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const witness = await stage.open("authentik");
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const tab = await stage.visit(witness.url());
  const panel = await stage.clickToolbar(tab);
  await acts.describeSetup(stage, panel);
  await acts.planAndApply(panel);
  const registered = async (): Promise<string> =>
    String((await authentikState(witness)).providers[0]?.["client_secret"]);
  const gone = async (): Promise<void> => panel.until(async () => (await secretIn(panel)) === undefined);
  const here = async (): Promise<void> => assert.equal(await secretIn(panel), await registered());
  const clickAgain = async (): Promise<void> => {
    // A check, which begins anew with another click, would let go of it.
    await panel.go(text("place_plan"));
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

  const form = await acts.goToMailcow(stage, panel);
  await step("mailcow’s form is filled and saved", async () => {
    await acts.fillForm(panel);
    await here();
    await acts.pressSave(stage, form);
    await panel.says(text("mailcow_saved"));
    await gone();
    await panel.go(text("place_plan"));
    await panel.says(text("secret_unknown", { provider: "Provider for mailcow" }));
  });

  await step("each check reads it again, and lets go of it again", async () => {
    await panel.go(text("place_mailcow"));
    await panel.press(text("mailcow_check"));
    await panel.says(finding("settings_in_sync"));
    await panel.says(text("readiness_title"));
    await gone();
  });

  await step(
    "a secret that somebody else changes in mailcow is noticed, and the right one is there to be filled in",
    async () => {
      const { identityProvider } = await mailcowState(form);
      await ask(form, "/api/v1/edit/identity-provider", "POST", {
        items: ["identity-provider"],
        attr: { ...identityProvider, client_secret: "not this one" },
      });
      await form.reload();
      await stage.clickToolbarAgain(form);
      await panel.go(text("place_mailcow"));
      await acts.fillForm(panel);
      await here();
      await acts.saveForMe(stage, panel, form);
      await gone();
      assert.equal((await mailcowState(form)).identityProvider["client_secret"], await registered());
    },
  );

  await step("both sides get a new one", async () => {
    await panel.press(text("mailcow_check"));
    await panel.press(text("rotate_run"));
    await panel.confirm();
    await panel.says(finding("secret_rotated"));
    await gone();
  });

  await step("the panel is closed", async () => {
    await clickAgain();
    await panel.page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await gone();
  });

  await step("everything is taken back", async () => {
    await clickAgain();
    await acts.undoAtAuthentik(panel);
    assert.equal(await secretIn(panel), undefined);
  });
});

test("a panel in use keeps it; one that is not used lets go after a quarter of an hour, also when the computer slept", () => {
  mock.timers.enable({ apis: ["setInterval", "Date"] });
  try {
    const page = new EventTarget();
    let [left, isBusy] = [0, false];
    whenUnused(
      page,
      () => isBusy,
      () => left++,
    );
    mock.timers.tick(UNUSED_MS - 1);
    assert.equal(left, 0);
    page.dispatchEvent(new Event("pointerdown"));
    mock.timers.tick(UNUSED_MS - 1);
    assert.equal(left, 0);
    page.dispatchEvent(new Event("keydown"));
    isBusy = true;
    mock.timers.tick(4 * UNUSED_MS);
    assert.equal(left, 0);
    isBusy = false;
    mock.timers.tick(UNUSED_MS);
    assert.ok(left > 0);

    page.dispatchEvent(new Event("pointerdown"));
    const before = left;
    mock.timers.setTime(Date.now() + UNUSED_MS);
    page.dispatchEvent(new Event("pointerdown"));
    assert.equal(left, before + 1, "before what is pressed is done");
  } finally {
    mock.timers.reset();
  }
});
