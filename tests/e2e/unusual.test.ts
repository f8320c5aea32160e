/** What somebody has set up in an unusual way is named before it does harm, and repaired where that is asked for. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState, only } from "./harness/witness.ts";

const GROUP = "board";

journey("what is set up in an unusual way is named before it does harm", async (step) => {
  await using stage = await launch({ standins: { users: 40 } });
  const { authentik, mailcow } = stage.installation.origins;
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const tab = await stage.visit(`${authentik}/if/admin/`);
  const panel = await stage.clickToolbar(tab);

  await step("an authentik that only this machine reaches, for a mailcow that is elsewhere", async () => {
    await panel.says(text("setup_title"));
    await panel.type(text("setup_mailcow"), "https://mailcow.company");
    await panel.says(finding("authentik_at_loopback", { address: authentik }));
    await panel.assertAccessible();
    await panel.shots("setup-loopback");
  });

  await step("a negated binding of the group that is to use the application is repaired", async () => {
    await actions.setUpBoth(stage, panel);
    const { applications, groups } = await authentikState(witness.authentik);
    const target = only(applications, "slug", "mailcow")["pk"];
    const group = only(groups, "name", GROUP)["pk"];
    await ask(witness.authentik, "/api/v3/policies/bindings/", "POST", { target, group, order: 0, negate: true });
    await stage.clickToolbar(tab);
    await panel.go(text("section_setup"));
    await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("setup_options"))})`);
    // Who gets a verified address can be chosen by the same words.
    await panel.click(`>>> cb-disclosure cb-choice >>> label::-p-text(${JSON.stringify(text("access_groups"))})`);
    await panel.click(`>>> cb-disclosure cb-list >>> .row::-p-text(${JSON.stringify(GROUP)})`);
    await panel.press(text("setup_show"));
    await panel.says(text("field_negate"));
    await panel.assertAccessible();
    await panel.shots("plan-bindings");
    await panel.pressMain();
    await panel.says(text("done_all"));
    const { bindings } = await authentikState(witness.authentik);
    assert.deepEqual(
      bindings.map(({ negate, enabled }) => ({ negate, enabled })),
      [{ negate: false, enabled: true }],
    );
  });

  /** Somebody changes mailcow's settings; returns how they are put right again. */
  const spoil = async (settings: Record<string, unknown>): Promise<() => Promise<unknown>> => {
    const { identityProvider } = await mailcowState(witness.mailcow);
    const store = (attr: Record<string, unknown>): Promise<unknown> =>
      ask(witness.mailcow, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
    await store({ ...identityProvider, ...settings });
    return () => store(identityProvider);
  };

  await step("what keeps everybody out is said once, above the table", async () => {
    const putRight = await spoil({ redirect_url: `${mailcow}/mailbox` });
    await panel.go(text("section_readiness"));
    await panel.says(text("readiness_nobody"));
    await panel.assertAccessible();
    await panel.shots("readiness-nobody", { height: 1700 });
    await putRight();
  });

  await step("a save that leads mailcow’s users to another authentik names both", async () => {
    const elsewhere = "https://login.company";
    const putRight = await spoil({ authorize_url: `${elsewhere}/application/o/authorize/` });
    await stage.clickToolbar(await stage.visit(`${mailcow}/admin/system`));
    await panel.press(text("mailcow_save"));
    await panel.says(text("save_leaves", { host: elsewhere, authentik: stage.hosts.authentik }));
    await panel.assertAccessible();
    await panel.shots("mailcow-save-leaves");
    await panel.press(text("cancel"));
    await putRight();
    await panel.go(text("section_check"));
    await panel.says(finding("settings_in_sync"));
  });

  await step("a removal names what cannot be restored", async () => {
    await stage.standins.control("POST", "/entitlements", { slug: "mailcow", names: ["Editor", "Reader"] });
    await panel.go(text("section_maintain"));
    await panel.press(text("remove_run"));
    await panel.says(counted("loss_entitlements", 2));
    await panel.assertAccessible();
    await panel.shots("remove-losses");
    await panel.press(text("cancel"));
  });

  await step("whoever else signs users in as the client is named before its secret changes", async () => {
    const { providers } = await authentikState(witness.authentik);
    const provider = only(providers, "assigned_application_slug", "mailcow");
    const other = { matching_mode: "strict", url: "https://mail.other.company" };
    await ask(witness.authentik, `/api/v3/providers/oauth2/${String(provider["pk"])}/`, "PATCH", {
      redirect_uris: [...(provider["redirect_uris"] as Entry[]), other],
    });
    await stage.clickToolbar(tab);
    await panel.go(text("section_check"));
    await panel.says(finding("settings_in_sync"));
    await panel.go(text("section_maintain"));
    for (const [button, sentence] of [
      ["rotate_run", "rotate_others"],
      ["remove_run", "remove_others"],
    ] as const) {
      await panel.press(text(button));
      await panel.says(text(sentence, { hosts: other.url }));
      await panel.assertAccessible();
      await panel.shots(sentence.replace("_", "-"));
      await panel.press(text("cancel"));
    }
  });
});
