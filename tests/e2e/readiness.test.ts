/** Who can sign in: the table, one user, a file, and switching mailboxes so that more users can. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { passAuthentikFlow } from "./harness/login-pages.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState, only } from "./harness/witness.ts";

/** Users in authentik: some have a mailbox with its own password in mailcow. */
const USERS = 50;

/** The password of users in the simulated authentik. */
const PASSWORD = "cowbell";

journey("who can sign in", async (step) => {
  await using stage = await launch({ standins: { users: USERS } });
  const witness = await stage.open("mailcow");
  const before = await mailcowState(witness);
  const ways = async (): Promise<unknown[]> =>
    (await mailcowState(witness)).mailboxes.map(({ username, authsource }) => [username, authsource]);
  const own = await ways();
  const somebody = String((before.mailboxes as Entry[])[1]?.["username"]);
  const tab = await stage.open("authentik");
  const { users } = await authentikState(tab);
  // Users choose their names; a spreadsheet would evaluate this one.
  await ask(tab, `/api/v3/core/users/${String(only(users, "email", somebody)["pk"])}/`, "PATCH", { name: '=1+1,"x"' });
  const panel = await stage.clickToolbar(tab);
  let form = tab;

  await step("both products are connected", async () => {
    await actions.describeSetup(stage, panel);
    await panel.choose(text("audience_all"));
    await actions.planAndApply(panel);
    form = await actions.goToMailcow(stage, panel);
    await actions.saveForMe(stage, panel, form);
  });

  await step("everybody is counted", async () => {
    await panel.press(text("mailcow_check"));
    await panel.go(text("section_readiness"));
    await panel.says(counted("list_all", USERS + 2));
    await panel.says(counted("switch_needed", 12 - 2));
    await panel.assertAccessible();
    await panel.shots("readiness");
  });

  await step("the table is narrowed and searched, and saved as a file for a spreadsheet", async () => {
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("outcome_refused"))})`);
    const tags = (): Promise<string[]> => panel.texts("cb-list >>> .tag");
    await panel.until(async () => (await tags()).length > 0 && !(await tags()).includes(text("ready_gets_mailbox")));
    await panel.page
      .locator(">>> cb-select >>> select")
      .fill(await reasonOf(panel.page, text("ready_mailbox_has_password")));
    await panel.until(async () => new Set(await tags()).size === 1);
    await panel.type(text("list_search", { list: text("users") }), somebody, "searchbox");
    await panel.says(counted("list_found", 1));
    await panel.click(">>> cb-list >>> .row");
    await panel.says(finding("mailbox_has_password"));
    await panel.assertAccessible();
    await panel.shots("readiness-person");
    const saved = await stage.download(() => panel.press(text("readiness_csv")));
    const lines = saved.text.trimEnd().split("\r\n");
    assert.equal(lines.length, 1 + 10);
    const line = lines.find((line) => line.includes(somebody));
    assert.ok(line?.includes(`,"'=1+1,""x""","${somebody}",`) && line.includes(finding("mailbox_has_password")), line);
  });

  await step("an address is looked up", async () => {
    await panel.type(text("readiness_address"), "somebody@nowhere.example");
    await panel.press(text("readiness_ask"));
    await panel.says(finding("address_of_nobody"));
    await panel.says(finding("domain_missing", { domain: "nowhere.example" }));
    const { users } = await authentikState(tab);
    const nobodys = (await mailcowState(witness)).mailboxes.find(
      ({ username, authsource }) => authsource === "mailcow" && users.every(({ email }) => email !== username),
    );
    await panel.type(text("readiness_address"), String(nobodys?.["username"]));
    await panel.press(text("readiness_ask"));
    await panel.says(finding("mailbox_has_password"));
    assert.deepEqual(await panel.texts("cb-finding >>> cb-button"), [], "switching it would lock its owner out");
  });

  await step(
    "a question about one mailbox is withdrawn when everybody is read again, and what was typed stays",
    async () => {
      await panel.type(text("readiness_address"), somebody);
      await panel.press(text("readiness_ask"));
      await panel.click(">>> cb-finding >>> cb-button");
      await panel.says(text("switch_question", { address: somebody }));
      await form.reload();
      await stage.clickToolbarAgain(form);
      await panel.until(async () => (await panel.texts("cb-confirm")).length === 0);
      await panel.go(text("section_readiness"));
      const field = await panel.named("textbox", text("readiness_address"));
      assert.equal(await field.evaluate((field) => (field as HTMLInputElement).value), somebody);
      assert.deepEqual(await ways(), own);
    },
  );

  await step("what a switch costs is read from mailcow’s log and app passwords, and saved as a file", async () => {
    await panel.press(text("check_go", { section: text("section_switch") }));
    await panel.press(text("people_read"));
    await panel.says(text("people_source_log"));
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`);
    await panel.says(text("cost_needs_app_password_note"));
    await panel.assertAccessible();
    await panel.shots("people", { height: 1520 });
    const saved = await stage.download(() => panel.press(text("people_csv")));
    const lines = saved.text.trimEnd().split("\r\n").slice(1);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok(line.includes(`"${text("cost_needs_app_password")}","IMAP, SMTP",""`), line);
  });

  const ofCost = async (cost: string): Promise<number> => {
    const kinds = await panel.texts("cb-filter >>> button");
    return Number(kinds.find((kind) => kind.endsWith(text(cost)))?.match(/\d+/)?.[0] ?? 0);
  };
  const needing = await ofCost("cost_needs_app_password");
  const ready = (await ofCost("cost_ready")) + (await ofCost("cost_never_seen"));

  await step(
    "those whose owners lose nothing are proposed; nothing is switched before the question is answered",
    async () => {
      assert.ok(ready > 0);
      await panel.press(counted("people_switch", ready));
      await panel.says(text("switch_wave_question", { mailboxes: counted("mailboxes", ready) }));
      await panel.assertAccessible();
      await panel.shots("people-switch");
      await panel.press(text("cancel"));
      assert.deepEqual(await ways(), own);
      await panel.press(counted("people_switch", ready));
      await panel.confirm();
      await panel.says(counted("switched", ready));
      const switched = (await ways()).filter((way) => String(way).endsWith(",generic-oidc"));
      assert.equal(switched.length, ready);
    },
  );

  await step("a second wave is picked in the list, names who loses what, signs in, and is switched back", async () => {
    assert.ok(await isRefused(stage, somebody));
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`);
    await panel.press(text("people_pick_found"));
    await panel.says(counted("people_switch", needing));
    await panel.type(text("list_search", { list: text("people_list") }), somebody, "searchbox");
    await panel.says(counted("list_found", 1));
    const { users } = await authentikState(tab);
    const name = String(only(users, "email", somebody)["name"]);
    const isPicked = async (): Promise<boolean> => (await panel.texts("cb-list >>> .picked")).join().includes(somebody);
    const before = await isPicked();
    await panel.click(">>> cb-list >>> .row");
    await panel.until(async () => (await isPicked()) !== before);
    if (before) await panel.click(">>> cb-list >>> .row");
    await panel.until(isPicked);
    await panel.assertAccessible();
    await panel.shots("people-wave", { height: 1520 });
    const count = needing + (before ? 0 : 1);
    await panel.press(counted("people_switch", count));
    await panel.says(counted("wave_needs_app_password", needing));
    await panel.assertAccessible();
    await panel.shots("people-wave-question");
    await panel.confirm();
    await panel.says(counted("switched", ready + count));
    assert.ok(!(await isRefused(stage, somebody)), name);
    await panel.assertAccessible();
    await panel.shots("people-switched", { height: 1520 });
    await panel.press(text("switch_undo"));
    await panel.confirm();
    await panel.says(counted("switched_back", ready + count));
    assert.deepEqual(await ways(), own);
  });
});

/** Returns the value of the option that begins with this reason. */
async function reasonOf(page: Page, words: string): Promise<string> {
  const value = await page.$$eval(
    ">>> cb-select >>> option",
    (options, start) => options.find(({ label }) => label.startsWith(start))?.value,
    words,
  );
  assert.ok(value);
  return value;
}

/** Signs in as the owner of an address, in a browser without a session; returns whether mailcow refuses. */
async function isRefused(stage: Stage, address: string): Promise<boolean> {
  const page = await stage.stranger();
  const { mailcow } = stage.installation.origins;
  await page.goto(`${mailcow}/`);
  await Promise.all([page.waitForNavigation(), page.locator('a[href*="iam_sso=1"]').click()]);
  await passAuthentikFlow(page, { user: address.split("@")[0] ?? "", password: PASSWORD });
  await page.waitForFunction((host) => location.host === host, {}, new URL(mailcow).host);
  const { pathname } = new URL(page.url());
  await page.browserContext().close();
  return !pathname.startsWith("/SOGo/so");
}
