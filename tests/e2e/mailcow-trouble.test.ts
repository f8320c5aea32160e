/** What stands in the way at mailcow: said before anything is filled. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import * as acts from "./harness/acts.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { ask, mailcowState } from "./harness/witness.ts";

test("nobody is signed in to mailcow", async () => {
  await using stage = await launch({ standins: { users: 30 } });
  const tab = await stage.visit(`${stage.installation.origins.mailcow}/admin/`);
  const panel = await stage.clickToolbar(tab);
  await shown(panel, "trouble-mailcow-not-signed-in", "mailcow_not_signed_in");
});

test("a mailcow without identity providers", async () => {
  await using stage = await launch({ standins: { users: 30, mailcow: "2025-02" } });
  const panel = await stage.clickToolbar(await stage.open("mailcow"));
  await shown(panel, "trouble-mailcow-too-old", "mailcow_too_old");
});

test("an answer of mailcow that makes no sense", async () => {
  await using stage = await launch({ standins: { users: 30 } });
  const tab = await stage.open("mailcow");
  const path = "/api/v1/get/identity-provider";
  for (const [fault, code, status] of [
    [{ kind: "status", status: 502 }, "mailcow_unavailable", 502],
    [{ kind: "html" }, "mailcow_not_mailcow", 200],
    [{ kind: "truncated_json" }, "mailcow_unexpected", 200],
  ] as const) {
    await stage.standins.control("POST", "/fault", { browser: { product: "mailcow", path, ...fault } });
    const panel = await stage.clickToolbar(tab);
    await shown(panel, `trouble-${code}`, code, { path, status });
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.clickToolbar(tab);
    await panel.says(text("mailcow_title"));
  }
});

test("another identity provider is configured, and mailboxes sign in with it", async () => {
  await using stage = await launch({ standins: { users: 30 } });
  const tab = await stage.open("mailcow");
  await useKeycloak(tab);
  const panel = await stage.clickToolbar(tab);
  await shown(panel, "trouble-other-provider", "other_provider_configured", { provider: "keycloak" });
  const [mailbox] = (await mailcowState(tab)).mailboxes;
  await ask(tab, "/api/v1/edit/mailbox", "POST", { items: [mailbox?.["username"]], attr: { authsource: "keycloak" } });
  await stage.clickToolbar(tab);
  await shown(panel, "trouble-mailboxes-of-other", "mailboxes_of_other_provider", { count: 1 });
});

test("the page is reloaded before Save: what was filled in is not stored, and the panel says so", async () => {
  await using stage = await launch({ standins: { users: 30 } });
  const witness = await stage.open("mailcow");
  const before = await mailcowState(witness);
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await acts.describeSetup(stage, panel);
  await acts.planAndApply(panel);
  const form = await acts.goToMailcow(stage, panel);
  await acts.fillForm(panel);
  await form.reload();
  await stage.clickToolbarAgain(form);
  await panel.says(text("mailcow_differs"));
  await panel.assertAccessible();
  await panel.shots("mailcow-differs");
  assert.deepEqual(await mailcowState(witness), before);
});

test("the session at mailcow ends before “Save for me”: nothing is stored, and after signing in again it works", async () => {
  await using stage = await launch({ standins: { users: 30 } });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await acts.describeSetup(stage, panel);
  await acts.planAndApply(panel);
  const witness = await stage.open("mailcow");
  const before = await mailcowState(witness);
  await acts.goToMailcow(stage, panel);
  await stage.standins.control("POST", "/fault", { browser: { product: "mailcow", kind: "signed_out" } });
  await panel.press(text("mailcow_save"));
  await panel.confirm();
  await shown(panel, "mailcow-session-ended", "mailcow_not_signed_in");
  await stage.standins.control("POST", "/fault", { clear: {} });
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  assert.deepEqual(await mailcowState(witness), before);
  await panel.press(text("mailcow_save"));
  await panel.confirm();
  await panel.says(text("mailcow_saved"));
});

async function shown(
  panel: Panel,
  photograph: string,
  code: string,
  values: Record<string, string | number> = {},
): Promise<void> {
  await panel.says(finding(code, values));
  await panel.assertAccessible();
  await panel.shots(photograph);
}

/** Somebody else's integration. */
async function useKeycloak(tab: Page): Promise<void> {
  const attr = {
    authsource: "keycloak",
    server_url: "https://keycloak.company",
    realm: "company",
    client_id: "mailcow",
    client_secret: "not-ours",
    redirect_url: "https://mailcow.company",
    version: "26.1.3",
    mappers: [],
    templates: [],
  };
  await ask(tab, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
}
