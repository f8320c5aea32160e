/** Maintenance: the integration as files for other tools, and a new client secret on both sides. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launchAsReal } from "./harness/stage.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

journey("after set-up: handed over, and a new client secret", async (step) => {
  await using stage = await launchAsReal({ users: 20 });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const before = await actions.before(witness);
  const panel = await stage.clickToolbar(await stage.visit(`${authentik}/if/admin/`));
  const secrets = async (): Promise<unknown[]> => {
    const { providers } = await authentikState(witness.authentik);
    const provider = providers.find(({ redirect_uris }) =>
      (redirect_uris as { url: string }[]).some(({ url }) => url === mailcow),
    );
    const { identityProvider } = await mailcowState(witness.mailcow);
    return [provider?.["client_secret"], identityProvider["client_secret"]];
  };

  await step("nobody has begun before, because all of it is going to be removed", async () => {
    assert.deepEqual(await secrets(), [undefined, undefined]);
  });

  await step("both sides are set up", async () => {
    await actions.setUpBoth(stage, panel);
    await panel.press(text("mailcow_check"));
    await panel.says(text("check_lead"));
    await panel.go(text("section_maintain"));
    await panel.says(text("maintenance_title"));
  });

  const [secret] = await secrets();
  await step("it is handed over as files, without the secret and without a user", async () => {
    const { user } = await stage.installation.mailboxUser();
    await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("export"))})`);
    for (const [what, name, content] of [
      ["export_report", "cowbell-report.md", `\n- ${text("client_id")}: \``],
      ["export_blueprint", "mailcow-blueprint.yaml", "model: authentik_providers_oauth2.oauth2provider"],
      ["export_terraform", "mailcow.tf", 'resource "authentik_provider_oauth2" "mailcow"'],
      ["export_mailcow_api", "mailcow-identity-provider.json", '"authsource": "generic-oidc"'],
    ] as const) {
      const file = await stage.download(() => panel.press(`${text("save_file")} ${text(what)}`));
      assert.equal(file.name, name);
      assert.ok(file.text.includes(content), file.text);
      assert.ok(!file.text.includes(String(secret)) && !file.text.includes(user), name);
    }
    await panel.assertAccessible();
    await panel.shots("export");
  });

  await step(
    "nothing is changed before the question is answered; then both sides have one new secret, and a sign-in works",
    async () => {
      await panel.press(text("rotate_run"));
      await panel.says(text("rotate_question", stage.hosts));
      await panel.assertAccessible();
      await panel.shots("rotate-question");
      assert.deepEqual(await secrets(), [secret, secret]);
      await panel.confirm();
      await panel.says(text("finding_secret_rotated"));
      const [now, told] = await secrets();
      assert.ok(now === told && now !== secret);
      await panel.assertAccessible();
      await panel.shots("rotated");
      const page = await actions.signInByButton(stage);
      assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
      await page.browserContext().close();
    },
  );

  await step("a mailbox that signs in with authentik keeps the integration", async () => {
    const standing = await actions.both(witness);
    await panel.press(text("remove_run"));
    await panel.says(text("remove_question", stage.hosts));
    await panel.assertAccessible();
    await panel.shots("remove-question");
    await panel.confirm();
    const count = standing.mailcow.mailboxes.filter(({ authsource }) => authsource === "generic-oidc").length;
    await panel.says(finding("mailboxes_in_use", { count }));
    await panel.assertAccessible();
    await panel.shots("remove-refused");
    assert.deepEqual(await actions.both(witness), standing);
  });

  await step("without it the integration is removed on both sides", async () => {
    const user = await actions.mailboxUser(stage, before.authentik);
    const mailbox = actions.mailboxOf(await mailcowState(witness.mailcow), user);
    assert.ok(mailbox);
    if (!actions.mailboxOf(before.mailcow, user)) await actions.removeMailbox(witness.mailcow, mailbox);
    await panel.press(text("remove_run"));
    await panel.confirm();
    await panel.says(text("maintenance_removed"));
    const [now, told] = await secrets();
    assert.deepEqual([now, told], [undefined, undefined]);
    await panel.assertAccessible();
    await panel.shots("removed");
    // What was requested is not a problem.
    assert.deepEqual(await panel.texts("cb-finding"), []);
    assert.ok(!(await panel.text()).includes(text("check_ready_title")));
  });

  await step("and put back with the same client", async () => {
    await panel.press(text("restore_removed_run"));
    await panel.says(text("maintenance_restored"));
    const [now, told] = await secrets();
    assert.ok(typeof now === "string" && now === told && now !== secret);
    await panel.shots("put-back");
  });

  await step("everything is taken away again", async () => {
    await panel.press(text("remove_run"));
    await panel.confirm();
    await panel.says(text("maintenance_removed"));
    await actions.undoAtAuthentik(panel);
    assert.deepEqual(await actions.both(witness), before);
  });
});
