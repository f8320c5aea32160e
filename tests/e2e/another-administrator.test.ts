/**
 * Administrators of another kind: authentik lies below a path, both products speak German, and the first administrator has only
 * authentik's own role "authentik Read-only".
 */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

const PATH = "/sso";

/** What "authentik Read-only" lacks for this plan. */
const MISSING = [
  "authentik_providers_oauth2.add_scopemapping",
  "authentik_providers_oauth2.add_oauth2provider",
  "authentik_core.add_application",
  "authentik_core.change_user",
];

journey("one who may only look, and one who may: below a path, in German", async (step) => {
  await using stage = await launch({
    standins: { users: 20, authentik: "2026.5", language: "de", authentikPath: PATH },
  });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = await stage.stranger();
  await stage.installation.signIn(witness.browserContext(), "authentik");
  await witness.goto(`${authentik}/if/admin/`);
  const { user } = await stage.installation.mailboxUser();
  await stage.standins.control("POST", "/role", { user, permissions: "read-only" });
  const before = await authentikState(witness);
  // authentik shows its admin interface only with another permission (docs/contract/authentik.md, section 16).
  const tab = await stage.open("authentik", user);
  assert.equal(tab.url(), `${authentik}/if/user/`);
  assert.ok(authentik.endsWith(PATH));
  const panel = await stage.clickToolbar(tab);

  await step("everything is read, and what is missing is named before anything is done", async () => {
    assert.equal(await tab.evaluate(() => document.documentElement.lang), "de");
    await panel.says(text("setup_missing"));
    await panel.says("authentik_policies.add_policybinding");
    await actions.describeSetup(stage, panel);
    await panel.press(text("setup_show"));
    await panel.says(text("plan_missing"));
    for (const permission of MISSING) await panel.says(permission);
    await panel.assertAccessible();
    await panel.shots("plan-missing");
    assert.deepEqual(await authentikState(witness), before);
  });

  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  await step("the plan goes to somebody who may as a file, and is done", async () => {
    const saved = await stage.download(() => panel.press(`${text("save_file")} ${text("plan_file_save")}`));
    const file = join(folder, saved.name);
    await writeFile(file, saved.text);
    await panel.go(text("section_setup"));
    await panel.type(text("setup_mailcow"), "");
    const admin = await stage.open("authentik");
    assert.equal(admin.url(), `${authentik}/if/admin/`);
    await stage.clickToolbar(admin);
    await panel.says("akadmin");
    await panel.loadFile(text("plan_file_load"), file);
    await panel.find(">>> cb-summary");
    assert.ok(!(await panel.text()).includes(text("plan_missing")));
    await panel.pressMain();
    await panel.says(text("done_all"));
  });
  await rm(folder, { recursive: true });

  await step("mailcow in German is filled in and saved with its own button", async () => {
    await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
    const form = await actions.goToMailcow(stage, panel);
    assert.equal(await form.evaluate(() => document.documentElement.lang), "de-de");
    await actions.fillForm(panel);
    const { token_url: token } = await actions.formValues(form);
    assert.deepEqual(token, [`${authentik}/application/o/token/`]);
    const button = '[data-action="edit_selected"][data-id="iam_generic"]';
    assert.equal(await form.$eval(button, ({ textContent }) => textContent?.trim()), "Änderungen speichern");
    await actions.pressSave(stage, form);
    await panel.says(text("mailcow_saved"));
    const { identityProvider } = await mailcowState(form);
    assert.equal(identityProvider["redirect_url"], mailcow);
  });

  await step("the check finds both sides in order", async () => {
    await actions.checkIsGood(panel);
  });

  await step("a user signs in through authentik's German pages", async () => {
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    await page.browserContext().close();
  });
});
