/** The panel in its other languages: nothing is cut off, and each text is in the language that it should be in. */

import assert from "node:assert/strict";

import { NAMES } from "../../extension/src/panel/text/languages.ts";
import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, speak, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

const unfold = (panel: Panel, label: string): Promise<void> =>
  panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(label)})`);

for (const speaks of ["de", "pseudo"] as const)
  journey(`every place in ${speaks}, at 252 px, too`, async (step) => {
    await using stage = await launch({ speaks, standins: { users: 60, mailboxes: 40 } });
    const form = await stage.open("mailcow");
    const panel = await stage.clickToolbar(form);
    let authentik = form;
    /** The current screen, as photographs show it. */
    const look = async (name: string): Promise<void> => {
      await panel.assertAccessible();
      await panel.shot(`${speaks}-${name}`, { height: 1200 });
      await panel.shot(`${speaks}-${name}-252`, { width: 252, height: 1400 });
    };

    await step("places that have nothing to show yet", async () => {
      await panel.says(text("mailcow_unknown"));
      await look("mailcow-alone");
      await panel.go(text("section_setup"));
      await panel.says(text("empty_title"));
      await look("empty");
      await panel.go(text("section_check"));
      await panel.says(text("check_run"));
      await look("check-alone");
      await panel.go(text("section_maintain"));
      await panel.says(text("maintenance_none_title"));
      await look("maintain-none");
    });

    await step("Connect: the setup with its options, the plan, the report", async () => {
      authentik = await stage.open("authentik");
      await stage.clickToolbar(authentik);
      await panel.go(text("section_setup"));
      await panel.says(text("setup_title"));
      await unfold(panel, text("setup_options"));
      await panel.choose(text("how_group"));
      await panel.choose(text("access_groups"));
      await look("setup-options");
      await panel.choose(text("how_user"));
      await panel.choose(text("access_keep"));
      await actions.describeSetup(stage, panel);
      await panel.choose(text("audience_all"));
      await look("setup");
      await panel.press(text("setup_show"));
      await panel.find(">>> cb-summary");
      await look("plan");
      await panel.pressMain();
      await panel.says(text("done_all"));
      await look("applied");
      await panel.press(text("undo"));
      await panel.says(text("undo_question", { authentik: stage.hosts.authentik }));
      await look("undo-question");
      await panel.press(text("cancel"));
    });

    await step("mailcow: the form, filled in, saved", async () => {
      await panel.go(text("section_mailcow"));
      await panel.says(text("mailcow_settings"));
      await look("mailcow");
      await actions.fillForm(panel);
      await look("mailcow-filled");
      await panel.press(text("mailcow_save"));
      await panel.says(text("save_question", stage.hosts));
      await look("save-question");
      await Promise.all([form.waitForNavigation(), panel.confirm()]);
      await panel.says(text("mailcow_saved"));
      await look("mailcow-saved");
      await stage.clickToolbarAgain(form);
    });

    await step("Check: both sides, a test sign-in, failed sign-ins", async () => {
      await actions.checkIsGood(panel);
      const known = new Set((await authentikState(authentik)).users.map(({ email }) => email));
      const { mailboxes } = await mailcowState(form);
      const own = mailboxes.find(({ username, authsource }) => authsource === "mailcow" && known.has(username));
      assert.ok(await actions.isOwnerRefused(stage, String(own?.["username"])));
      await panel.press(text("signins_explain"));
      await panel.says(text("signins_unseen"));
      await panel.find(">>> cb-steps");
      await look("check");
    });

    await step("People: who can sign in, what a switch costs, messages, who has arrived", async () => {
      await panel.go(text("section_readiness"));
      await panel.says(text("readiness_address"));
      await look("readiness");
      await panel.go(text("section_switch"));
      await panel.press(text("people_read"));
      await panel.says(text("wave_title"));
      await panel.click(`>>> cb-filter >>> button::-p-text(${JSON.stringify(text("cost_needs_app_password"))})`);
      await panel.click(">>> cb-list >>> .open");
      await panel.says(text("people_app_passwords_none"));
      await look("person");
      await panel.click(">>> cb-list >>> .open");
      await panel.click(">>> cb-list >>> .found cb-button >>> button");
      await panel.press(text("people_write"));
      const field = await panel.find(">>> cb-field >>> input[type=date]");
      await field.evaluate((field) => {
        (field as HTMLInputElement).value = `${new Date().getFullYear() + 1}-12-07`;
        field.dispatchEvent(new Event("input"));
      });
      await panel.says(text("words_csv_note"));
      await look("switch");
      await panel.choose(text("words_which_app_password"));
      await panel.says(text("message_app_tab"));
      await look("switch-app-password");
      await stage.download(() => panel.press(text("words_csv")));
      await unfold(panel, text("words_title"));
      await panel.click(">>> cb-button >>> button.main");
      await panel.find(">>> cb-confirm");
      await look("switch-question");
      await panel.confirm();
      await panel.says(text("switched_note"));
      await look("switched");
      await panel.go(text("section_arrivals"));
      await panel.press(text("arrivals_read"));
      await panel.says(text("arrivals_again"));
      await look("arrivals");
      await panel.click(">>> cb-list >>> .row");
      await panel.says(text("arrivals_back"));
      await look("arrival");
      await panel.press(`${text("password_form_hide")} ${text("password_form_title")}`);
      await panel.says(text("hide_password_form_question", stage.hosts));
      await look("hide-question");
      await panel.press(text("cancel"));
    });

    await step("Maintain: export, and what the questions say", async () => {
      await panel.go(text("section_maintain"));
      await unfold(panel, text("export"));
      await look("maintain");
      for (const what of ["rotate", "remove"]) {
        await panel.press(text(`${what}_run`));
        await panel.says(text(`${what}_question`, stage.hosts));
        await look(`${what}-question`);
        await panel.press(text("cancel"));
      }
    });
  });

journey("another language is chosen in the panel, which stays as it is and remembers it", async (step) => {
  await using stage = await launch({ speaks: "en", standins: { users: 20, mailboxes: 10 } });
  const { mailcow } = stage.installation.origins;
  const authentik = await stage.open("authentik");
  let form = authentik;
  let panel = await stage.clickToolbar(authentik);

  await step("everything is in German at once, and nothing that was typed or unfolded is lost", async () => {
    await panel.type(text("setup_mailcow"), mailcow);
    await unfold(panel, text("setup_options"));
    await panel.select(text("language"), NAMES.de);
    speak("de", "en");
    await panel.says(text("setup_title"));
    await panel.says(text("options_additional_hosts"));
    await panel.assertAccessible();
    const field = await panel.named("textbox", text("setup_mailcow"));
    assert.equal(await field.evaluate((field) => (field as HTMLInputElement).value), mailcow);
    const all = await panel.text();
    for (const word of ["Options", "Nothing", "Selected"]) assert.ok(!all.includes(word), all);
  });

  await step("a product in English is quoted in English", async () => {
    await actions.planAndApply(panel);
    await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
    form = await actions.goToMailcow(stage, panel);
    await actions.fillForm(panel);
    await panel.says("Klicken Sie in mailcow auf „Save changes“.");
    await panel.says("Authorization endpoint");
  });

  await step("a product in a language without words here is quoted in German, which the panel says", async () => {
    await form.evaluate(() => {
      document.documentElement.lang = "fr-fr";
    });
    await stage.clickToolbar(form);
    await panel.says(text("quoting", { products: text("product_mailcow") }));
    await panel.assertAccessible();
    await panel.shots("quoting");
  });

  await step("a panel that is opened again speaks German, too", async () => {
    await panel.close();
    panel = await stage.clickToolbar(await stage.open("authentik"));
    await panel.says(text("place_people"));
    await panel.assertAccessible();
  });

  await step("the messages for people have a language of their own", async () => {
    const form = await stage.open("mailcow");
    await stage.clickToolbar(form);
    await panel.go(text("section_mailcow"));
    await panel.says(text("mailcow_settings"));
    await actions.saveForMe(stage, panel, form);
    await panel.go(text("section_switch"));
    await panel.press(text("people_read"));
    await panel.says(text("wave_title"));
    await unfold(panel, text("words_title"));
    const field = await panel.find(">>> cb-field >>> input[type=date]");
    await field.evaluate((field) => {
      (field as HTMLInputElement).value = `${new Date().getFullYear() + 1}-12-07`;
      field.dispatchEvent(new Event("input"));
    });
    await panel.says(text("message_hello"));
    await panel.select(text("words_language"), NAMES.en);
    await panel.says(`From 7 December ${new Date().getFullYear() + 1}, you sign in to your mailbox in a new way`);
    await panel.says(text("words_csv_note"));
    assert.equal(
      await (await panel.find(">>> .preview")).evaluate((preview) => (preview as HTMLElement).lang),
      "en-GB",
    );
    await panel.assertAccessible();
    assert.ok(counted("mailboxes", 2).endsWith("Mailboxen"));
  });
});
