/** Settings that someone broke on either side are named and fixed from the panel, and a sign-in that was refused succeeds. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launchAsReal, type Stage } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState, only } from "./harness/witness.ts";

/** Returns whether mailcow refuses a sign-in as the mailbox user. */
async function isRefused(stage: Stage): Promise<boolean> {
  const page = await actions.signInByButton(stage);
  const { pathname } = new URL(page.url());
  await page.browserContext().close();
  return !pathname.startsWith("/SOGo/so");
}

journey("what is spoilt is named and put right", async (step) => {
  await using stage = await launchAsReal({ authentik: "2026.8", users: 20 });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const before = await actions.before(witness);
  const user = await actions.mailboxUser(stage, before.authentik);
  const address = String(user["email"]);
  const tab = await stage.visit(`${authentik}/if/admin/`);
  const panel = await stage.clickToolbar(tab);
  let form = tab;

  /** Clicks the icon on both products, and opens Check, which runs once both are read. */
  const check = async (form: Page): Promise<void> => {
    await stage.clickToolbar(tab);
    await stage.clickToolbar(form);
    await panel.go(text("section_check"));
  };
  const lookUp = async (): Promise<void> => {
    await panel.go(text("section_readiness"));
    await panel.type(text("readiness_address"), address);
    await panel.press(text("readiness_ask"));
  };
  const save = async (): Promise<void> => {
    await panel.go(text("section_mailcow"));
    await panel.find(">>> cb-diff");
    await actions.saveForMe(stage, panel, form);
  };
  const ownMailbox = async (): Promise<Entry | undefined> =>
    actions.mailboxOf(await mailcowState(witness.mailcow), user);
  const store = async (settings: Entry): Promise<void> => {
    const { identityProvider } = await mailcowState(witness.mailcow);
    await ask(witness.mailcow, "/api/v1/edit/identity-provider", "POST", {
      items: ["identity-provider"],
      attr: { ...identityProvider, ...settings },
    });
  };

  const setAttributes = (attributes: unknown): Promise<unknown> =>
    ask(witness.authentik, `/api/v3/core/users/${String(user["pk"])}/`, "PATCH", { attributes });

  await step("both sides fit together, and whoever is to sign in can", async () => {
    form = await actions.setUpBoth(stage, panel);
    await panel.press(text("mailcow_check"));
    await panel.says(finding("settings_in_sync"));
    await lookUp();
    await panel.says(finding((await ownMailbox()) ? "signs_in" : "gets_mailbox"));
    assert.ok(!(await isRefused(stage)));
  });

  await step("redirect URI, scope, mapping, grant type and attribute are put right at authentik", async () => {
    const good = await authentikState(witness.authentik);
    const provider = good.providers.find(({ redirect_uris }) =>
      (redirect_uris as Entry[]).some(({ url }) => url === mailcow),
    );
    assert.ok(provider);
    // Since 2026.5; other grant types are kept.
    const grants = provider["grant_types"] as string[] | undefined;
    const grown = grants && { ...provider, grant_types: [...grants, "refresh_token"].toSorted() };
    const managed = only(good.mappings, "managed", "goauthentik.io/providers/oauth2/scope-email")["pk"];
    await ask(witness.authentik, `/api/v3/providers/oauth2/${String(provider["pk"])}/`, "PATCH", {
      redirect_uris: [{ matching_mode: "strict", url: `${mailcow}/` }],
      property_mappings: [managed],
      ...(grants ? { grant_types: ["refresh_token"] } : {}),
    });
    const { attributes } = only(good.users, "pk", user["pk"]);
    await setAttributes({ ...(attributes as Entry), email_verified: false });
    await check(form);
    await panel.says(finding("provider_differs", { count: 1 }));
    await panel.says(finding("scope_not_mapped", { scope: "openid" }));
    await lookUp();
    await panel.says(text("readiness_nobody"));
    await panel.assertAccessible();
    await panel.shots("repair-authentik");
    await panel.go(text("section_setup"));
    await actions.planAndApply(panel);
    const providers = good.providers.map((other) => (other === provider ? (grown ?? provider) : other));
    assert.deepEqual(await authentikState(witness.authentik), { ...good, providers });
  });

  await step(
    "secret, default template and auto-create are put right at mailcow, where a refused sign-in was explained",
    async () => {
      await store({ client_secret: "not this one", default_template: "", login_provisioning: "0" });
      assert.ok(await isRefused(stage));
      await check(form);
      await panel.press(text("signins_explain"));
      await panel.says(finding("credentials_wrong_secret"));
      await panel.assertAccessible();
      await panel.shots("repair-explained", { height: 1500 });
      await save();
      assert.ok(!(await isRefused(stage)));
      const { identityProvider } = await mailcowState(witness.mailcow);
      assert.ok(identityProvider["default_template"]);
    },
  );

  await step("a mailbox that has a password is switched", async () => {
    const mailbox = await ownMailbox();
    assert.ok(mailbox);
    await ask(witness.mailcow, "/api/v1/edit/mailbox", "POST", {
      items: [mailbox["username"]],
      attr: { authsource: "mailcow" },
    });
    assert.ok(await isRefused(stage));
    await check(form);
    await lookUp();
    await panel.says(counted("switch_needed", 1));
    await panel.says(finding("mailbox_has_password"));
    await panel.press(text("switch"));
    await panel.says(text("switch_question", { address }));
    await panel.confirm();
    await panel.says(counted("switched", 1));
    assert.ok(!(await isRefused(stage)));
  });

  await step("everything is as it was", async () => {
    const mailbox = await ownMailbox();
    assert.ok(mailbox);
    if (!actions.mailboxOf(before.mailcow, user)) await actions.removeMailbox(witness.mailcow, mailbox);
    await panel.go(text("section_mailcow"));
    await panel.press(text("mailcow_restore"));
    await panel.confirm();
    await panel.says(text("mailcow_restored"));
    // What comes back is what somebody had stored before the last save.
    const { identityProvider } = await mailcowState(witness.mailcow);
    assert.equal(identityProvider["client_secret"], "not this one");
    const earlier = before.mailcow.identityProvider;
    if (earlier["authsource"]) await store(earlier);
    else await ask(witness.mailcow, "/api/v1/delete/identity-provider", "POST", ["identity-provider"]);
    await stage.clickToolbarAgain(form);
    await actions.undoAtAuthentik(panel);
    // Undo keeps the attributes that someone else has set.
    await setAttributes(user["attributes"]);
    assert.deepEqual(await actions.both(witness), before);
  });
});
