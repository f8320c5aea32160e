/**
 * The main job with the oldest and with the newest versions: each ends in a sign-in. Those in between differ in what the core and
 * mailcow's form receive, which `tests/integration` covers for every version.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as actions from "./harness/actions.ts";
import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

for (const versions of [
  { authentik: "2024.12", mailcow: "2025-03" },
  { authentik: "2026.8", mailcow: "2026-07" },
]) {
  test(`authentik ${versions.authentik} with mailcow ${versions.mailcow}`, async () => {
    await using stage = await launch({ standins: { ...versions, users: 40, halfMade: true } });
    const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
    const panel = await stage.clickToolbar(await stage.visit(witness.authentik.url()));
    await actions.describeSetup(stage, panel);
    await actions.planAndApply(panel);
    const form = await actions.goToMailcow(stage, panel);
    await actions.fillForm(panel);
    await actions.pressSave(stage, form);
    await panel.says(text("mailcow_saved"));
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    const user = await actions.mailboxUser(stage, await authentikState(witness.authentik));
    assert.ok(actions.mailboxOf(await mailcowState(witness.mailcow), user));
  });
}
