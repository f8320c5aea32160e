/** Who can sign in: the table, one user, a file, and switching mailboxes so that more users can. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { pasted } from "./harness/clipboard.ts";
import { journey } from "./harness/journey.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState, only } from "./harness/witness.ts";

/** Users in authentik: some have a mailbox with its own password in mailcow. */
const USERS = 50;

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
    // Of the twelve with a password, two belong to nobody who was chosen, and one is inactive.
    await panel.says(counted("switch_needed", 12 - 2 - 1));
    await panel.assertAccessible();
    await panel.shots("readiness");
  });

  await step("the table is narrowed and searched, and saved as a file for a spreadsheet", async () => {
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("outcome_refused"))})`);
    const tags = (): Promise<string[]> => panel.texts("cb-list >>> .tag");
    await panel.until(async () => (await tags()).length > 0 && !(await tags()).includes(text("ready_gets_mailbox")));
    assert.ok(!(await tags()).includes(text("ready_mailbox_has_password")), "they sign in with it until the switch");
    await panel.page.locator(">>> cb-select >>> select").fill(await reasonOf(panel.page, text("ready_user_inactive")));
    await panel.until(async () => new Set(await tags()).size === 1);
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("outcome_not_switched"))})`);
    await panel.until(async () => (await tags()).every((tag) => tag === text("ready_mailbox_has_password")));
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
    await panel.click(">>> cb-list >>> .open");
    await panel.says(text("people_app_passwords_none"));
    assert.equal((await panel.texts("cb-list >>> .picked")).length, 0, "a name is not picked by opening it");
    await panel.assertAccessible();
    await panel.shots("people-person", { height: 1520 });
    // The same without a mouse.
    await panel.toFront();
    await (await panel.find(">>> cb-list >>> .scroller")).focus();
    await panel.page.keyboard.press("Enter");
    await panel.until(async () => !(await panel.text()).includes(text("people_app_passwords_none")));
    await panel.page.keyboard.press("ArrowDown");
    await panel.page.keyboard.press("Enter");
    await panel.says(text("people_app_passwords_none"));
    await panel.page.keyboard.press("Enter");
    await panel.page.keyboard.press(" ");
    await panel.until(async () => (await panel.texts("cb-list >>> .picked")).length === 1);
    await panel.page.keyboard.press("ArrowLeft");
    await panel.page.keyboard.press(" ");
    await panel.until(async () => (await panel.texts("cb-list >>> .picked")).length === 0);
    const saved = await stage.download(() => panel.press(text("people_csv")));
    const lines = saved.text.trimEnd().split("\r\n").slice(1);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok(line.includes(`"${text("cost_needs_app_password")}","","IMAP, SMTP",""`), line);
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

  let count = needing;
  await step("a second wave is picked in the list, and names who loses what", async () => {
    await panel.press(counted("people_pick_found", needing));
    await panel.says(counted("people_switch_now", needing));
    // Everybody again.
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`);
    await panel.type(text("list_search", { list: text("people_list") }), somebody, "searchbox");
    await panel.says(counted("list_found", 1));
    const isPicked = async (): Promise<boolean> => (await panel.texts("cb-list >>> .picked")).join().includes(somebody);
    const before = await isPicked();
    await panel.click(">>> cb-list >>> .pick");
    await panel.until(async () => (await isPicked()) !== before);
    if (before) await panel.click(">>> cb-list >>> .pick");
    await panel.until(isPicked);
    await panel.assertAccessible();
    await panel.shots("people-wave", { height: 1520 });
    if (!before) count += 1;
  });

  await step("messages for these people are shown, copied and saved", async () => {
    await panel.press(text("people_write"));
    await panel.says(text("words_acl_title"));
    const choose = async (day: string): Promise<void> => {
      const field = await panel.find(">>> cb-field >>> input[type=date]");
      await field.evaluate((field, day) => {
        (field as HTMLInputElement).value = day;
        field.dispatchEvent(new Event("input"));
      }, day);
    };
    await choose("2020-02-29");
    await panel.says(text("words_day_over"));
    assert.deepEqual(await panel.texts("cb-words >>> cb-copy"), [], "a message with a day that is over");
    const year = new Date().getFullYear() + 1;
    await choose(`${year}-12-07`);
    const day = new Intl.DateTimeFormat(text("message_language"), { dateStyle: "long" }).format(new Date(year, 11, 7));
    // Everybody who loses nothing has been switched.
    await panel.says(text("message_subject_app_password", { day }));
    await panel.says(text("message_app_tab"));
    await panel.assertAccessible();
    await (await panel.find(">>> cb-words")).scrollIntoView();
    await panel.shots("words-app-password", { height: 1_400 });

    const { mailcow } = stage.installation.origins;
    const plain = await stage.download(() => panel.press(text("words_text")));
    assert.ok(
      plain.text.startsWith(`${text("message_subject_app_password", { day })}\n\n${text("message_hello")}\n\n`),
      plain.text,
    );
    const first = text("message_app_open", { day, mailcow, page: `${mailcow}/user` });
    assert.ok(plain.text.includes(`\n1. ${first}\n2. `), plain.text);
    await panel.toFront();
    await panel.press(`${text("copy")} ${text("words_about")}`);
    await panel.find(`>>> cb-words >>> cb-copy >>> [role="status"]::-p-text(${JSON.stringify(text("copied"))})`);
    assert.equal(await pasted(witness), plain.text);
    await panel.toFront();

    const document = await stage.download(() => panel.press(text("words_html")));
    const reader = await stage.stranger();
    await reader.setContent(document.text);
    const read = await reader.evaluate(() => ({
      title: globalThis.document.title,
      language: globalThis.document.documentElement.lang,
      elements: [
        ...new Set([...globalThis.document.body.querySelectorAll("*")].map(({ localName }) => localName)),
      ].sort(),
      text: globalThis.document.body.innerText,
    }));
    await reader.browserContext().close();
    assert.equal(read.title, text("message_subject_app_password", { day }));
    assert.equal(read.language, text("message_language"));
    // Nothing that is executed or loaded.
    const allowed = ["a", "bdi", "h1", "h2", "li", "ol", "p", "ul"];
    assert.deepEqual(
      read.elements.filter((name) => !allowed.includes(name)),
      [],
    );
    assert.ok(read.text.includes(text("message_app_tab")) && read.text.includes(`${mailcow}/user`), read.text);

    const table = await stage.download(() => panel.press(text("words_csv")));
    const cells = [...table.text.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)].map(([, cell = ""]) =>
      cell.replaceAll('""', '"'),
    );
    const rows = Array.from({ length: cells.length / 9 }, (_, row) => cells.slice(9 * row, 9 * row + 9)).slice(1);
    const [, name, , needed, programs, page, when, subject, body = ""] =
      rows.find(([address]) => address === somebody) ?? [];
    const kind = needed === text("words_needs_none") ? "sign_in" : "app_password";
    const about = text(`message_subject_${kind}`, { day });
    // What is no name is not greeted.
    assert.deepEqual([name, page, when, subject], ["", mailcow, day, about]);
    assert.ok(body.startsWith(`${text("message_hello")}\n\n`), body);
    assert.ok(body.includes(somebody), body);
    assert.equal(body.includes(text("message_app_tab")), needed !== text("words_needs_none"), `${needed} ${programs}`);
    assert.equal(rows.length, count, "everybody of the wave, and nobody else");
    await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("words_title"))})`);
  });

  await step("the second wave is switched, its owners sign in, and both waves are switched back", async () => {
    assert.ok(await actions.isOwnerRefused(stage, somebody));
    await panel.press(counted("people_switch", count));
    await panel.says(counted("wave_needs_app_password", needing));
    await panel.assertAccessible();
    await panel.shots("people-wave-question");
    // Nobody is left with the selected cost: the list says so, and can show the others again.
    const needs = `>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`;
    await panel.press(text("cancel"));
    await panel.click(needs);
    await panel.press(counted("people_switch", count));
    await panel.confirm();
    await panel.says(counted("switched", ready + count));
    await panel.says(counted("list_found", 0));
    const isNeeding = (kind: string): boolean => kind.endsWith(text("cost_needs_app_password"));
    assert.ok((await panel.texts("cb-filter >>> button")).some(isNeeding));
    await panel.click(needs);
    await panel.until(async () => !(await panel.texts("cb-filter >>> button")).some(isNeeding));
    assert.ok(!(await actions.isOwnerRefused(stage, somebody)));
    await panel.assertAccessible();
    await panel.shots("people-switched", { height: 1520 });
    await panel.press(counted("switch_undo_last", count));
    await panel.confirm();
    await panel.says(counted("switched", ready));
    assert.ok(await actions.isOwnerRefused(stage, somebody), "the last wave, and the first is left alone");
    await panel.press(text("switch_undo"));
    await panel.confirm();
    await panel.says(counted("switched_back", ready));
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
