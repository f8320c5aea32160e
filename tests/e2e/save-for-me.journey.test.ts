/** The alternative in mailcow: saved through its API after one question, and restored by the panel. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import { launchAsReal } from "./harness/stage.ts";
import { mailcowState } from "./harness/witness.ts";

journey("“Save for me”, and everything put back", async (step) => {
  await using stage = await launchAsReal({ users: 50 });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const before = await actions.before(witness);
  const panel = await stage.clickToolbar(await stage.visit(`${authentik}/if/admin/`));

  await actions.describeSetup(stage, panel);
  await actions.planAndApply(panel);
  const form = await actions.goToMailcow(stage, panel);

  await step("nothing is saved before the question is answered", async () => {
    await panel.press(text("mailcow_save"));
    await panel.says(text("save_question", stage.hosts));
    await panel.assertAccessible();
    await panel.shots("mailcow-save-question");
    await panel.press(text("cancel"));
    assert.deepEqual(await mailcowState(witness.mailcow), before.mailcow);
  });

  await step("after yes the settings are stored, nothing else changes, and a sign-in works", async () => {
    await panel.press(text("mailcow_save"));
    await panel.confirm();
    await panel.says(text("mailcow_saved"));
    const { identityProvider, mailboxes } = await mailcowState(witness.mailcow);
    assert.equal(identityProvider["authsource"], "generic-oidc");
    assert.equal(identityProvider["token_url"], `${authentik}/application/o/token/`);
    assert.equal(identityProvider["redirect_url"], mailcow);
    assert.deepEqual(mailboxes, before.mailcow.mailboxes);
    await panel.shots("mailcow-saved-for-me");
    await stage.clickToolbarAgain(form);
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    await page.browserContext().close();
    const user = await actions.mailboxUser(stage, before.authentik);
    const mailbox = actions.mailboxOf(await mailcowState(witness.mailcow), user);
    assert.ok(mailbox);
    if (!actions.mailboxOf(before.mailcow, user)) await actions.removeMailbox(witness.mailcow, mailbox);
  });

  await step("the panel puts both products back", async () => {
    await panel.press(text("mailcow_restore"));
    await panel.says(text("restore_question", stage.hosts));
    await panel.assertAccessible();
    await panel.confirm();
    await panel.says(text("mailcow_restored"));
    await panel.shots("mailcow-restored");
    await stage.clickToolbarAgain(form);
    await actions.undoAtAuthentik(panel);
    assert.deepEqual(await actions.both(witness), before);
  });
});
