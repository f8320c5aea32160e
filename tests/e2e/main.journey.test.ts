/**
 * The main job from end to end: a click in authentik, the plan, a click in mailcow, the filled form, mailcow's own Save, a
 * sign-in, and undo. The resulting state is read from both products, never from the panel alone.
 */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import { launchAsReal } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

journey("from a click in authentik to a proven sign-in, and back", async (step) => {
  await using stage = await launchAsReal({ users: 200, halfMade: true });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const before = await actions.before(witness);
  const user = await actions.mailboxUser(stage, before.authentik);
  const tab = await stage.visit(`${authentik}/if/admin/`);
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  const wanted = {
    authorize_url: [`${authentik}/application/o/authorize/`],
    token_url: [`${authentik}/application/o/token/`],
    userinfo_url: [`${authentik}/application/o/userinfo/`],
    redirect_url: [mailcow],
    client_scopes: ["openid profile email"],
  };

  await step("the plan is shown, and nothing is written", async () => {
    await actions.describeSetup(stage, panel);
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await panel.assertAccessible();
    assert.deepEqual(traffic.writes, []);
    assert.deepEqual(await authentikState(witness.authentik), before.authentik);
  });

  await step("what was planned is done, and no other user is touched", async () => {
    await panel.pressMain();
    await panel.says(text("done_all"));
    const after = await authentikState(witness.authentik);
    const provider = after.providers.find(({ redirect_uris }) =>
      (redirect_uris as { url: string }[]).some(({ url }) => url === mailcow),
    );
    assert.ok(provider);
    Object.assign(wanted, { client_id: [provider["client_id"]], client_secret: [provider["client_secret"]] });
    const { attributes, ...rest } = await actions.mailboxUser(stage, after);
    const { attributes: former, ...restBefore } = user;
    assert.deepEqual(attributes, { ...(former as object), email_verified: true });
    assert.deepEqual(rest, restBefore);
    const others = (all: typeof after): unknown[] => all.users.filter(({ pk }) => pk !== user["pk"]);
    assert.deepEqual(others(after), others(before.authentik));
  });

  let form = witness.mailcow;
  await step("in mailcow the form is filled, marked and right, and nothing is saved", async () => {
    form = await actions.goToMailcow(stage, panel);
    const [chip, other] = await panel.texts("cb-chip");
    assert.ok(chip?.includes(new URL(authentik).host) && other?.includes(new URL(mailcow).host), `${chip} | ${other}`);
    await panel.assertAccessible();
    await panel.shots("mailcow-settings");
    await actions.fillForm(panel);
    const values = await actions.formValues(form);
    for (const [name, value] of Object.entries(wanted)) assert.deepEqual(values[name], value, name);
    assert.notEqual(values["default_template"]?.[0], "");
    const filled = (await actions.marks(form)).filter((name) => name.startsWith(text("mark_filled")));
    assert.ok(filled.length >= 5, filled.join(" | "));
    assert.deepEqual(await mailcowState(witness.mailcow), before.mailcow);
    await panel.assertAccessible();
    await panel.shots("mailcow-filled");
    await stage.photograph(form, "mailcow-page-filled");
  });

  await step("mailcow's own Save stores it", async () => {
    await actions.pressSave(stage, form);
    await panel.says(text("mailcow_saved"));
    const { identityProvider } = await mailcowState(witness.mailcow);
    assert.equal(identityProvider["authsource"], "generic-oidc");
    for (const [name, [value]] of Object.entries(wanted)) assert.equal(identityProvider[name], value, name);
    assert.ok(Array.isArray(identityProvider["mappers"]) && Array.isArray(identityProvider["templates"]));
    await panel.assertAccessible();
    await panel.shots("mailcow-saved");
  });

  await step("the check finds both sides in order", async () => {
    await actions.checkIsGood(panel);
    await panel.shots("check");
  });

  await step("somebody signs in through authentik and is in a mailbox", async () => {
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    const mailbox = actions.mailboxOf(await mailcowState(witness.mailcow), user);
    assert.equal(mailbox?.["authsource"], "generic-oidc");
    await stage.photograph(page, "signed-in");
    await page.browserContext().close();
  });

  await step("everything is undone", async () => {
    const mailbox = actions.mailboxOf(await mailcowState(witness.mailcow), user);
    if (mailbox && !actions.mailboxOf(before.mailcow, user)) await actions.removeMailbox(witness.mailcow, mailbox);
    // What an administrator saved with mailcow's own button, an administrator restores.
    await actions.putIdentityProviderBack(witness.mailcow, before.mailcow);
    await actions.undoAtAuthentik(panel);
    assert.deepEqual(await actions.both(witness), before);
  });
});
