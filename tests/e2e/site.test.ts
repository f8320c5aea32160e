/**
 * The page without the extension: every value for two addresses, a check of pasted values, and no request that contains any of
 * them.
 */

import assert from "node:assert/strict";

import { NAMES } from "../../extension/src/panel/text/languages.ts";
import { journey } from "./harness/journey.ts";
import { finding, speak, text } from "./harness/messages.ts";
import { Site, siteLanguages } from "./harness/site.ts";

const [{ language: own, words }, { language: other, words: others }] = siteLanguages();

const AUTHENTIK = "https://login.example.org/sso";
const MAILCOW = "https://mail.example.org";
const CLIENT_ID = "0123456789abcdefghijABCDEFGHIJ0123456789";
const CLIENT_SECRET = `${CLIENT_ID}${CLIENT_ID}${CLIENT_ID}klmnopqr`;

journey("the page without the extension", async (step) => {
  await using site = await Site.open();
  await site.says(words.page_values);
  const first = [...site.asked];
  let loaded: string[] = [];

  await step(
    "an address that cannot be one is refused in its field; two are enough for every value on both sides",
    async () => {
      assert.ok(!first.some((request) => request.endsWith(".wasm")), first.join("\n"));
      await site.type(words.authentik_address, "https://");
      await site.says(text("address_error_invalid"));
      loaded = [...site.asked];
      await site.assertAccessible();
      await site.shots("site-fault", { width: 1000 });
      await site.type(words.authentik_address, `${AUTHENTIK}/`);
      await site.type(text("setup_mailcow"), `${MAILCOW}/admin`);
      await site.says(words.understood.replace("{url}", MAILCOW));
      for (const path of ["authorize", "token", "userinfo"]) await site.says(`${AUTHENTIK}/application/o/${path}/`);
      await site.says(words.step_form);
      await site.assertAccessible();
      await site.shots("site-values", { whole: true });
    },
  );

  await step("pasted values are checked as they stand, and mended with one button", async () => {
    await site.paste(text("form_token_url"), `${AUTHENTIK}/application/o/token`);
    await site.says(finding("endpoint_without_slash"));
    await site.press(text("fix_set_field"));
    await site.until(async () => (await value(site, text("form_token_url"))) === `${AUTHENTIK}/application/o/token/`);
    await site.paste(text("form_client_id"), CLIENT_SECRET);
    await site.paste(text("form_client_secret"), CLIENT_ID);
    await site.says(finding("credentials_look_swapped"));
    await site.assertAccessible();
    await site.shots("site-check", { whole: true, width: 1000 });
    await site.press(text("fix_swap_credentials"));
    await site.until(async () => (await value(site, text("form_client_id"))) === CLIENT_ID);
    assert.equal(await value(site, text("form_client_secret")), CLIENT_SECRET);
  });

  await step("in another language everything is, and what was entered stays", async () => {
    await site.select(words.language, NAMES[other]);
    speak(other, other);
    await site.says(others.page_intro);
    await site.says(others.step_form);
    await site.says(`${text("ui_authentik_customization")} > ${text("ui_authentik_property_mappings")}`);
    assert.equal(await site.page.title(), others.page_title);
    assert.equal(await value(site, text("form_client_id")), CLIENT_ID);
    await site.assertAccessible();
    await site.shots(`site-${other}`, { whole: true });
    await site.select(others.language, NAMES[own]);
    speak(own, own);
    await site.says(words.page_intro);
  });

  await step("since the page was loaded nothing was asked for, and nothing is stored", async () => {
    assert.deepEqual(site.asked, loaded);
    assert.ok(
      loaded.every((request) => /^GET https:\/\/cowbell\.example\/[\w./-]+$/.test(request)),
      loaded.join("\n"),
    );
    assert.deepEqual(await site.stored(), ["", {}, {}, [], []]);
    assert.equal(new URL(site.page.url()).hash, "");
    assert.deepEqual(site.problems, []);
  });
});

async function value(site: Site, label: string): Promise<string> {
  return (await site.named("textbox", label)).evaluate((field) => (field as HTMLInputElement).value);
}
