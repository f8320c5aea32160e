/** A test sign-in in a private window, and the panel's report of how it ended. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { passAuthentikFlow } from "./harness/login-pages.ts";
import { text } from "./harness/messages.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { ask, mailcowState } from "./harness/witness.ts";

/** Signs in on the page that the private window opens. */
async function signInPrivately(stage: Stage, press: () => Promise<void>): Promise<string> {
  const before = new Set(stage.browser.targets());
  await press();
  const opened = await stage.browser.waitForTarget(
    (target) => target.type() === "page" && !before.has(target) && target.url().includes("/if/flow/"),
  );
  const page = await opened.page();
  assert.ok(page);
  await passAuthentikFlow(page, await stage.installation.mailboxUser());
  await page.waitForFunction(
    (host) => location.host === host && document.readyState === "complete",
    {},
    new URL(stage.installation.origins.mailcow).host,
  );
  const url = page.url();
  await page.close();
  return url;
}

journey("a sign-in is tried while both logs are watched", async (step) => {
  await using stage = await launch({ standins: { users: 20 }, privately: true });
  const witness = await stage.open("mailcow");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  const tryNow = async (): Promise<void> => {
    await panel.press(text("test_sign_in_run"));
    await panel.says(text("test_sign_in_watching"));
  };

  await step("both products are prepared", async () => {
    await actions.setUpBoth(stage, panel);
    await panel.press(text("mailcow_check"));
    await panel.says(text("test_sign_in"));
  });

  await step("one that goes through", async () => {
    assert.ok((await signInPrivately(stage, tryNow)).includes("/SOGo/so"));
    await panel.says(text("test_sign_in_passed"));
    await panel.assertAccessible();
    await panel.shots("trial-passed");
  });

  await step("one that mailcow refuses", async () => {
    const { identityProvider } = await mailcowState(witness);
    await ask(witness, "/api/v1/edit/identity-provider", "POST", {
      items: ["identity-provider"],
      attr: { ...identityProvider, client_secret: "not this one" },
    });
    await signInPrivately(stage, tryNow);
    await panel.says(text("test_sign_in_refused"));
    await panel.says(text("finding_credentials_wrong_secret"));
    await panel.assertAccessible();
    await panel.shots("trial-refused");
  });

  await step("nobody has to wait to the end", async () => {
    await tryNow();
    await panel.press(`${text("cancel")} ${text("test_sign_in")}`);
    await panel.says(text("test_sign_in_note", { host: new URL(stage.installation.origins.mailcow).host }));
  });
});
