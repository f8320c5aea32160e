/** Sixty people move to authentik: those first who lose nothing, then the others, once each has an app password. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState } from "./harness/witness.ts";

const PEOPLE = 60;

journey("sixty people move in two waves", async (step) => {
  await using stage = await launch({ standins: { users: PEOPLE + 20, mailboxes: PEOPLE } });
  const witness = await stage.open("mailcow");
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  const authsources = async (): Promise<Map<string, string>> => {
    const { mailboxes } = await mailcowState(witness);
    return new Map(mailboxes.map(({ username, authsource }) => [String(username), String(authsource)]));
  };
  const moved = async (): Promise<string[]> =>
    [...(await authsources())].filter(([, authsource]) => authsource === "generic-oidc").map(([address]) => address);
  const before = await authsources();
  assert.equal(before.size, PEOPLE);
  /** Returns how many have this cost, as the filter says. */
  const ofCost = async (cost: string): Promise<number> => {
    const kinds = await panel.texts("cb-filter >>> button");
    return Number(kinds.find((kind) => kind.endsWith(text(`cost_${cost}`)))?.match(/\d+/)?.[0] ?? 0);
  };
  const switchWave = async (mailboxes: number): Promise<void> => {
    await panel.press(counted("people_switch", mailboxes));
    await panel.says(text("switch_wave_question", { mailboxes: counted("mailboxes", mailboxes) }));
    await panel.shots(`moving-question-${mailboxes}`);
    await panel.confirm();
  };

  await step("both products are connected, and nobody has moved", async () => {
    await actions.describeSetup(stage, panel);
    await panel.choose(text("audience_all"));
    await actions.planAndApply(panel);
    await actions.saveForMe(stage, panel, await actions.goToMailcow(stage, panel));
    assert.deepEqual(await moved(), []);
  });

  let first: string[] = [];
  let rest = 0;
  await step("the first wave is of those who lose nothing", async () => {
    await panel.go(text("section_switch"));
    await panel.press(text("people_read"));
    await panel.says(text("wave_title"));
    const ready = (await ofCost("ready")) + (await ofCost("never_seen"));
    await panel.assertAccessible();
    await panel.shots("moving-first", { height: 1520 });
    await switchWave(ready);
    await panel.says(counted("switched", ready));
    first = await moved();
    assert.equal(first.length, ready);
    // Not one of them has a mail program that uses the password.
    const log = await ask(witness, "/api/v1/get/logs/sasl/100000", "GET");
    const programs = (log as Entry[]).filter(({ app_password }) => Number(app_password) === 0);
    assert.deepEqual(
      programs.filter(({ username }) => first.includes(String(username))),
      [],
    );
  });

  await step(
    "who has signed in since has arrived, and one mailbox alone is switched back and switched again",
    async () => {
      const address = String(first[0]);
      assert.ok(!(await actions.isOwnerRefused(stage, address)));
      await panel.go(text("section_arrivals"));
      await panel.press(text("arrivals_read"));
      const word = text("arrival_signed_in");
      await panel.until(async () =>
        (await panel.texts("cb-filter >>> button")).some((kind) => kind.includes(`1 ${word}`)),
      );
      await panel.assertAccessible();
      await panel.shots("moving-arrived", { height: 1520 });
      await panel.type(text("list_search", { list: text("arrivals_list") }), address, "searchbox");
      await panel.says(counted("list_found", 1));
      await panel.click(">>> cb-list >>> .row");
      await panel.says(text("arrival_mailcow_note"));
      await panel.assertAccessible();
      await panel.shots("moving-arrived-one", { height: 1520 });
      await panel.press(text("arrivals_back"));
      await panel.says(text("switch_back_one_question", { address }));
      await panel.confirm();
      await panel.says(counted("switched_back", 1));
      assert.equal((await authsources()).get(address), "mailcow");
      await panel.go(text("section_switch"));
      await panel.press(counted("wave_ready", 1));
      await switchWave(1);
      await panel.says(counted("switched", first.length));
    },
  );

  await step("who needs an app password is named, gets one, and is not asked for it again", async () => {
    const needing = await ofCost("needs_app_password");
    assert.ok(needing > 5, String(needing));
    await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`);
    await panel.press(counted("people_pick_found", needing));
    await panel.says(text("wave_cost", { count: String(needing), cost: text("cost_needs_app_password") }));
    await panel.says(text("wave_write_first"));
    await panel.assertAccessible();
    await panel.shots("moving-second", { height: 1520 });
    await panel.click(">>> cb-list >>> .open");
    await panel.says(text("people_app_passwords_none"));
    await panel.assertAccessible();
    await panel.shots("moving-person", { height: 1520 });
    const saved = await stage.download(() => panel.press(text("people_csv")));
    const addresses = saved.text.match(/[\w.]+@mail\.example/g) ?? [];
    assert.equal(addresses.length, needing);
    for (const username of addresses)
      await ask(witness, "/api/v1/add/app-passwd", "POST", {
        username,
        app_name: "Laptop",
        app_passwd: "a-password-of-its-own",
        app_passwd2: "a-password-of-its-own",
        active: "1",
        protocols: ["imap_access", "smtp_access"],
      });
    await panel.press(text("people_again"));
    await panel.until(async () => (await ofCost("still_uses_password")) >= needing);
    assert.equal(await ofCost("needs_app_password"), 0);
  });

  await step("they are written to, and a week later the wave is loaded from the file with their messages", async () => {
    rest = (await ofCost("still_uses_password")) + (await ofCost("not_known"));
    await panel.click(">>> cb-list >>> .found cb-button >>> button");
    await panel.press(text("people_write"));
    const field = await panel.find(">>> cb-field >>> input[type=date]");
    await field.evaluate((field) => {
      (field as HTMLInputElement).value = `${new Date().getFullYear() + 1}-12-07`;
      field.dispatchEvent(new Event("input"));
    });
    await panel.says(text("words_csv_note"));
    await panel.assertAccessible();
    await panel.shots("moving-messages", { height: 1520 });
    const saved = await stage.download(() => panel.press(text("words_csv")));
    await panel.says(counted("people_switch", rest));
    const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
    const file = join(folder, "wave.csv");
    await writeFile(file, saved.text.replace("E-mail address", "somebody else's word"));
    await panel.loadFile(text("wave_load"), file);
    await panel.says(text("wave_file_other"));
    await panel.press(text("wave_nobody"));
    // Of those who were switched before, and in the words of another spreadsheet.
    await writeFile(file, `\ufeff${saved.text.replace(/^\ufeff/, "").replaceAll('","', '";"')}"${first[0]}"\n`);
    await panel.loadFile(text("wave_load"), file);
    await panel.says(counted("wave_loaded", rest));
    await panel.says(counted("wave_loaded_switched", 1));
    await panel.assertAccessible();
    await panel.shots("moving-loaded", { height: 1520 });
    await rm(folder, { recursive: true });
  });

  await step("the second wave is everybody else who could sign in", async () => {
    await switchWave(rest);
    await panel.says(counted("switched", first.length + rest));
    const all = await moved();
    assert.equal(all.length, first.length + rest);
    // What is left belongs to nobody who could sign in.
    const left = (await ofCost("cannot_sign_in")) + (await ofCost("keeps_password"));
    assert.equal(left, PEOPLE - all.length);
    const { users } = await authentikState(tab);
    for (const address of all)
      assert.ok(
        users.some(({ email, is_active }) => email === address && is_active),
        address,
      );
    await panel.says(text("wave_end"));
    await panel.says(counted("wave_end_left", left));
    assert.deepEqual(await panel.texts("cb-list >>> .found cb-button"), [], "a button that adds nobody");
    await panel.assertAccessible();
    await panel.shots("moving-moved", { height: 1520 });
  });

  await step("whose mail program has fallen silent is named, and reading again shows that list again", async () => {
    await panel.press(text("check_go", { section: text("section_arrivals") }));
    await panel.press(text("read_again"));
    const silent = `>>> cb-filter >>> button::-p-text(${JSON.stringify(text("arrivals_silent"))})`;
    await panel.click(silent);
    await panel.says(text("arrivals_silent_note"));
    await panel.click(">>> cb-list >>> .row");
    await panel.says(text("programs_ask"));
    await panel.assertAccessible();
    await panel.shots("moving-silent", { height: 1520 });
    await panel.press(text("read_again"));
    await panel.says(text("programs_ask"));
    assert.deepEqual(
      await panel.texts("cb-filter >>> [aria-pressed=true]"),
      await panel.texts("cb-filter >>> button:last-child"),
    );
  });

  await step(
    "mailcow’s login page shows single sign-on alone, after a question, and its password form again",
    async () => {
      const hasForm = async (): Promise<boolean> => {
        const page = await stage.stranger();
        await page.goto(`${stage.installation.origins.mailcow}/`);
        const field = await page.$('[name="pass_user"]');
        await page.browserContext().close();
        return field !== null;
      };
      assert.ok(await hasForm());
      await panel.go(text("section_arrivals"));
      await panel.press(`${text("password_form_hide")} ${text("password_form_title")}`);
      await panel.find(">>> cb-confirm");
      await panel.assertAccessible();
      await panel.shots("moving-form-question");
      assert.ok(await hasForm(), "before the question is answered");
      await panel.confirm();
      await panel.says(text("password_form_done_hidden"));
      assert.ok(!(await hasForm()));
      await panel.press(counted("switch_undo_all", (await moved()).length));
      await panel.says(counted("switch_back_no_form", (await moved()).length));
      await panel.shots("moving-back-without-form");
      await panel.press(text("cancel"));
      await panel.assertAccessible();
      await panel.shots("moving-form-hidden", { height: 1520 });
      await panel.press(`${text("password_form_show")} ${text("password_form_title")}`);
      await panel.confirm();
      await panel.says(text("password_form_done_shown"));
      assert.ok(await hasForm());
      await panel.go(text("section_switch"));
    },
  );

  await step("all of it is switched back", async () => {
    const all = await moved();
    await panel.press(counted("switch_undo_all", all.length));
    await panel.says(text("switch_back_question", { switched: counted("mailboxes", all.length) }));
    await panel.shots("moving-back-question");
    await panel.confirm();
    await panel.until(async () => (await moved()).length === 0);
    assert.deepEqual(await authsources(), before);
  });
});
