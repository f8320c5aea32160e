/** The authentik half of the main job, with a company's users and an earlier, abandoned attempt. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as actions from "./harness/actions.ts";
import { pasted } from "./harness/clipboard.ts";
import { counted, text } from "./harness/messages.ts";
import { journey } from "./harness/journey.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { ask, authentikState, only } from "./harness/witness.ts";

test("the plan, asked for while the users are still being read, waits for them and reads nobody twice", async () => {
  await using stage = await launch({ standins: { users: 3_000, halfMade: true } });
  await stage.standins.control("POST", "/hold", { product: "authentik", part: "&page=30&" });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.press(text("setup_use"));
  await panel.press(text("setup_show"));
  await panel.says(text("reading_users"));
  await stage.standins.control("POST", "/release");
  await panel.find(">>> cb-summary");
  const lists = traffic.exchanges.map(({ path }) => path).filter((path) => path.startsWith("/api/v3/core/users/?"));
  assert.ok(lists.length >= 30, lists.join("\n"));
  assert.deepEqual(lists, [...new Set(lists)]);
});

journey("a half-made integration is seen, planned, completed and put back", async (step) => {
  await using stage = await launch({ standins: { users: 200, halfMade: true } });
  const { mailcow } = stage.installation.origins;
  const tab = await stage.open("authentik");
  const before = await authentikState(tab);
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);

  await step("the panel says which authentik this is, who is signed in, and what exists", async () => {
    await panel.says(text("setup_title"));
    const [chip] = await panel.texts("cb-chip");
    assert.equal(chip, `authentik ${new URL(stage.installation.origins.authentik).host} 2026.2.2 · akadmin`);
    await panel.says(text("audience_counts", { total: 202, change: 181, keep: 4 }));
    await panel.assertAccessible();
    await panel.shots("setup-empty");
    await panel.type(text("setup_mailcow"), `${mailcow.toUpperCase()}/admin/`);
    await panel.says(text("address_note_path_removed"));
    await panel.says(text("setup_existing_note", { provider: "Mailcow test", urls: `${mailcow}/` }));
    await panel.assertAccessible();
    await panel.shots("setup");
  });

  await step(
    "the plan shows every change before and after, its users can be searched, and nothing is written",
    async () => {
      await panel.press(text("setup_show"));
      await panel.named("button", counted("plan_apply", 180));
      const totals = await panel.texts("cb-summary >>> li");
      assert.deepEqual(totals, [
        `1 ${text("plan_create")}`,
        `2 ${text("plan_change")}`,
        `177 ${text("plan_users_other")}`,
      ]);
      const differences = await panel.texts("cb-diff >>> dl > div");
      assert.ok(
        differences.includes(
          `${text("field_redirect_uris")} − ${text("diff_before")} ${mailcow}/ + ${text("diff_after")} ${mailcow}`,
        ),
        differences.join("\n"),
      );
      assert.ok(
        differences.includes(`${text("field_signing_key")} + ${text("diff_after")} authentik Self-signed Certificate`),
        differences.join("\n"),
      );
      const managed = (scope: string): string => `authentik default OAuth Mapping: OpenID '${scope}'`;
      const scopes = `${text("field_property_mappings")} − ${text("diff_before")} ${managed("email")} + ${text("diff_after")} mailcow: verified e-mail ${counted("diff_kept", 2)}`;
      assert.ok(
        differences.some((difference) => difference.startsWith(scopes)),
        differences.join("\n"),
      );
      await panel.assertAccessible();
      await panel.shots("plan");
      assert.deepEqual(traffic.writes, []);
      assert.deepEqual(await authentikState(tab), before);
      await panel.press(text("plan_list"));
      await panel.says(counted("list_all", 177));
      const somebody = before.users.find(({ username }) => username === "ada.acker") ?? before.users[20];
      assert.ok(somebody);
      await panel.type(text("list_search", { list: text("users") }), String(somebody["username"]), "searchbox");
      await panel.says(counted("list_found", 1));
      const [row] = await panel.texts("cb-list >>> .row");
      assert.ok(row?.startsWith(`${String(somebody["name"])} ${String(somebody["email"])}`), row);
      await panel.assertAccessible();
      await panel.shots("plan-list");
    },
  );

  await step("applying does exactly what the plan says", async () => {
    await panel.press(counted("plan_apply", 180));
    await panel.says(text("done_all"));
    await panel.assertAccessible();
    await panel.shots("done");
    const after = await authentikState(tab);
    const mapping = only(after.mappings, "name", "mailcow: verified e-mail");
    const provider = only(after.providers, "name", "Mailcow test");
    const former = only(before.providers, "name", "Mailcow test");
    assert.deepEqual(provider["redirect_uris"], [{ matching_mode: "strict", url: mailcow }]);
    assert.equal(provider["client_id"], former["client_id"]);
    assert.equal(provider["client_secret"], former["client_secret"]);
    const managed = after.mappings.filter(({ managed }) => /scope-(openid|profile)$/.test(String(managed)));
    assert.deepEqual(
      new Set(provider["property_mappings"] as string[]),
      new Set([mapping["pk"], ...managed.map(({ pk }) => pk)]),
    );
    assert.equal(only(after.applications, "slug", "mailcow-test")["meta_launch_url"], `${mailcow}/?iam_sso=1`);
    assert.equal(after.providers.length, before.providers.length);
    for (const [index, user] of after.users.entries()) {
      const attributes = before.users[index]?.["attributes"] as Record<string, unknown>;
      const wanted = user["is_active"] && user["type"] === "internal" && user["email"] !== "";
      assert.deepEqual(
        user["attributes"],
        wanted ? { ...attributes, email_verified: true } : attributes,
        String(user["username"]),
      );
    }
    assert.equal(
      traffic.writes.filter(({ path }) => path.includes("/core/users/")).length,
      177,
      "one request for each user",
    );
  });

  await step("the credentials reach the clipboard when asked for, and not before", async () => {
    const elsewhere = await stage.browser.newPage();
    const { client_id: id, client_secret: secret } = only(before.providers, "name", "Mailcow test");
    assert.ok(!(await panel.page.content()).includes(String(secret)), "the secret is in the panel's document");
    assert.equal(await pasted(elsewhere), "");
    await panel.copy(text("client_id"));
    assert.equal(await pasted(elsewhere), id);
    await panel.copy(text("client_secret"));
    assert.equal(await pasted(elsewhere), secret);
    await elsewhere.close();
  });

  await step("the next click says that it is set up, or what has drifted", async () => {
    await panel.go(text("section_setup"));
    await panel.says(text("setup_in_sync"));
    await panel.shots("setup-in-sync");
    const { providers } = await authentikState(tab);
    const { pk } = only(providers, "name", "Mailcow test");
    await ask(tab, `/api/v3/providers/oauth2/${pk}/`, "PATCH", {
      redirect_uris: [{ matching_mode: "strict", url: `${mailcow}/` }],
    });
    await stage.clickToolbar(tab);
    await panel.says(counted("setup_drifted", 1));
    await panel.assertAccessible();
    await panel.shots("setup-drifted");
    await panel.press(text("setup_show"));
    await panel.named("button", counted("plan_apply", 1));
    await panel.pressMain();
    await panel.says(text("done_all"));
  });

  await step("undo puts everything back", async () => {
    await panel.press(text("undo"));
    await panel.says(text("undo_question", stage.hosts));
    await panel.assertAccessible();
    await panel.shots("undo-question");
    await panel.confirm();
    await panel.says(text("undo_done"));
    await panel.shots("undone");
    assert.deepEqual(await authentikState(tab), before);
  });
});

journey("a mailcow that has moved: its client goes on under the new address", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const { mailcow } = stage.installation.origins;
  const witness = await stage.open("authentik");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  const host = "https://mail.mailcow.company";

  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), host);
  await actions.planAndApply(panel);
  const before = await authentikState(witness);

  await step("the panel asks whether it was this mailcow's", async () => {
    await stage.clickToolbar(await stage.open("authentik"));
    await panel.go(text("section_setup"));
    await panel.type(text("setup_mailcow"), mailcow);
    await panel.says(text("setup_moved"));
    await panel.assertAccessible();
    await panel.shots("moved");
  });

  await step("the client keeps its ID and secret, and leads to the new address", async () => {
    await panel.press(text("setup_moved_from", { address: new URL(host).host }));
    await panel.says(text("setup_existing"));
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await panel.says(text("remark_redirect_uri_previous", { url: host }));
    await panel.shots("moved-plan", { whole: true });
    await panel.pressMain();
    await panel.says(text("done_all"));
    const after = await authentikState(witness);
    const [provider] = after.providers;
    const [old] = before.providers;
    assert.equal(after.providers.length, before.providers.length);
    assert.deepEqual(
      [provider?.["client_id"], provider?.["client_secret"]],
      [old?.["client_id"], old?.["client_secret"]],
    );
    assert.deepEqual(
      (provider?.["redirect_uris"] as { url: string }[] | undefined)?.map(({ url }) => url),
      [mailcow],
    );
  });
});
