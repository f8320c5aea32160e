/** An administrator to whom authentik does not show the client secret: nothing is said to be right, and nothing is lost. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** Everything that Cowbell reads, and no right to change any of it. */
const VIEW_ONLY = [
  "authentik_rbac.view_system_info",
  "authentik_crypto.view_certificatekeypair",
  "authentik_core.view_application",
  "authentik_core.view_group",
  "authentik_core.view_user",
  "authentik_policies.view_policybinding",
  "authentik_providers_oauth2.view_oauth2provider",
  "authentik_providers_oauth2.view_scopemapping",
  "authentik_flows.view_flow",
];

journey("a client secret that authentik hides is not taken for an empty one", async (step) => {
  await using stage = await launch({ standins: { users: 20, authentik: "2026.5" } });
  let form: Page;

  await step("a superuser sets both sides up", async () => {
    await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
    const panel = await stage.clickToolbar(await stage.open("authentik"));
    form = await actions.setUpBoth(stage, panel);
    await panel.close();
  });

  await step(
    "the next administrator may only look: the secret cannot be compared, and a check asks authentik",
    async () => {
      const { user } = await stage.installation.mailboxUser();
      await stage.standins.control("POST", "/role", { user, permissions: VIEW_ONLY });
      const panel = await stage.clickToolbar(await stage.open("authentik", user));
      await panel.says(text("setup_title"));
      await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
      await stage.clickToolbar(form);
      await panel.says(text("mailcow_secret_not_compared"));
      await panel.says(text("mailcow_secret_unknown"));
      assert.ok(!(await panel.text()).includes(text("mailcow_in_sync")));
      await panel.assertAccessible();
      await panel.shots("mailcow-secret-hidden");
      await panel.press(text("mailcow_check"));
      await panel.says(finding("credentials_right"));
    },
  );
});
