/**
 * Changes that someone else makes between planning and applying are not overwritten: they are named, and the next plan takes them
 * into account.
 */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, only } from "./harness/witness.ts";

journey("somebody else changes things while the plan is shown", async (step) => {
  await using stage = await launch({ standins: { users: 40, halfMade: true } });
  const witness = await stage.open("authentik");
  const before = await authentikState(witness);
  const { pk, username } = await actions.mailboxUser(stage, before);
  const panel = await stage.clickToolbar(await stage.visit(witness.url()));
  await panel.says(text("setup_title"));
  const attributes = async (): Promise<unknown> => only((await authentikState(witness)).users, "pk", pk)["attributes"];
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);

  await step(
    "a user: everybody else is done, the one is named, and the next plan takes the change into account",
    async () => {
      await panel.press(text("setup_show"));
      await panel.find(">>> cb-summary");
      await ask(witness, `/api/v3/core/users/${String(pk)}/`, "PATCH", {
        attributes: { email_verified: "ask the board", department: "board" },
      });
      await panel.pressMain();
      await panel.says(counted("done_issues", 1));
      await panel.says(String(username));
      await panel.says(text("reason_changed_since_plan"));
      assert.deepEqual(await attributes(), { email_verified: "ask the board", department: "board" });
      await panel.assertAccessible();
      await panel.shots("meanwhile-user");
      await panel.press(text("go_on"));
      await panel.find(">>> cb-summary");
      await panel.pressMain();
      await panel.says(text("done_all"));
      assert.deepEqual(await attributes(), { email_verified: true, department: "board" });
    },
  );

  await step("undo leaves what the other person wrote", async () => {
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    const after = await authentikState(witness);
    const changed = { email_verified: "ask the board", department: "board" };
    const users = before.users.map((user) => (user["pk"] === pk ? { ...user, attributes: changed } : user));
    assert.deepEqual(after, { ...before, users });
  });

  await step("the provider: the run stops before it, and says so", async () => {
    await panel.go(text("section_setup"));
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    const provider = only((await authentikState(witness)).providers, "name", "Mailcow test");
    const redirect_uris = [{ matching_mode: "strict", url: "https://somewhere.else.example" }];
    await ask(witness, `/api/v3/providers/oauth2/${String(provider["pk"])}/`, "PATCH", { redirect_uris });
    await panel.pressMain();
    await panel.says(finding("object_changed_meanwhile", { name: "Mailcow test" }));
    await panel.assertAccessible();
    await panel.shots("meanwhile-provider");
    const left = only((await authentikState(witness)).providers, "name", "Mailcow test")["redirect_uris"] as {
      url: string;
    }[];
    assert.deepEqual(
      left.map(({ url }) => url),
      ["https://somewhere.else.example"],
    );
  });
});
