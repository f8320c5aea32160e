/**
 * The whole panel beside both simulated products in one page: the story with one button to press next, what can be spoilt, both languages,
 * and nothing that leaves the page or is stored.
 */

import assert from "node:assert/strict";

import { NAMES } from "../../extension/src/panel/text/languages.ts";
import { journey } from "./harness/journey.ts";
import { counted, finding, speak, text } from "./harness/messages.ts";
import { Site, siteLanguages, type SiteTexts } from "./harness/site.ts";

/** Bytes that a visitor gets, compressed: before anything is pressed, and in all. */
const MOST_AT_FIRST = 300_000;
const MOST_IN_ALL = 1_500_000;

const [{ language: own, words }, { language: other, words: others }] = siteLanguages();

journey("the story, in the page", async (step) => {
  await using site = await Site.open();
  await site.says(words.page_claim);

  await step("the first screen says what it is, and is small", async () => {
    await site.assertAccessible();
    await site.shots("try-first");
    assert.ok(!site.asked.some((request) => request.endsWith(".wasm")), site.asked.join("\n"));
    await site.widen();
    await site.shot("try-first-wide", { width: 1280, height: 860 });
    const first = await site.transferred();
    assert.ok(first <= MOST_AT_FIRST, `${first} bytes before anything is pressed`);
    await site.appear({});
  });

  await step("one press shows the panel beside authentik", async () => {
    await begin(site);
    await site.says(words.try_click_authentik);
    assert.equal(await address(site), "https://login.example.org/if/admin/");
    const all = await site.transferred();
    assert.ok(all <= MOST_IN_ALL, `${all} bytes in all`);
    await site.assertAccessible();
    await site.shots("try-begun");
  });

  const loaded = [...site.asked];
  await step("from here on there is no network", () => {
    site.isOffline = true;
    return Promise.resolve();
  });

  await step("plan and apply", async () => {
    await next(site, "click_authentik");
    await site.says(words.try_plan);
    await next(site, "plan");
    await site.says(words.try_apply);
    await site.assertAccessible();
    await site.shots("try-plan");
    await next(site, "apply");
    await site.says(words.try_click_mailcow);
    await site.says(text("done_all"));
  });

  await step("mailcow’s own form is filled in, marked and saved", async () => {
    await next(site, "click_mailcow");
    await site.says(words.try_fill);
    await next(site, "fill");
    await site.says(words.try_save);
    assert.equal(await field(site, "token_url"), "https://login.example.org/application/o/token/");
    await site.shots("try-filled");
    await next(site, "save");
    await site.says(words.try_sign_in);
    assert.equal(await field(site, "redirect_url"), "https://mail.example.org");
  });

  await step("somebody signs in through both, and is in a mailbox", async () => {
    await next(site, "sign_in");
    await site.says(words.try_check);
    assert.equal(await address(site), "https://mail.example.org/SOGo/so/");
  });

  await step("both sides are right, and everybody has a verdict", async () => {
    await next(site, "check");
    await site.says(words.try_readiness);
    await site.says(text("check_good"));
    await next(site, "readiness");
    await site.says(words.try_people);
    await site.assertAccessible();
  });

  await step("a wave is switched", async () => {
    await next(site, "people");
    await site.says(words.try_ask);
    await next(site, "ask");
    await site.says(words.try_switch);
    await next(site, "switch");
    await site.says(words.try_over);
    await site.says(counted("switched", 5));
    await site.shots("try-over");
  });

  await step("what passed can be looked at", async () => {
    await site.click(".lists summary");
    await site.says("POST /api/v1/edit/identity-provider");
    await site.press(words.list_log);
    await site.says("identity_provider");
    await site.assertAccessible();
  });

  await step("it begins anew", async () => {
    await site.press(words.try_again);
    await site.says(words.try_click_authentik);
    await next(site, "click_authentik");
    await site.says(words.try_plan);
  });

  await step("nothing was asked for since, and nothing is stored", () => leavesNothing(site, loaded));
});

journey("what is spoilt is named, and put right", async (step) => {
  await using site = await Site.open();
  await site.says(words.page_claim);
  await begin(site);
  const loaded = [...site.asked];

  await step("both sides are set up in one go", async () => {
    await site.press(words.spoil_set_up);
    await site.says(words.spoil_lead);
    await site.assertAccessible();
    await site.shots("try-spoil");
  });

  await step("a new client secret in authentik: mailcow gets it", async () => {
    await spoil(site, "secret_replaced");
    await site.says(finding("credentials_wrong_secret"));
    await site.shots("try-spoilt");
    await press(site, "do_mend_save");
    await site.says(text("save_question", { mailcow: "mail.example.org", authentik: "login.example.org" }));
    await press(site, "do_confirm");
    await right(site);
  });

  await step("a scope mapping that is gone: a plan brings it back", async () => {
    await spoil(site, "email_mapping_deleted");
    await site.says(finding("scope_not_mapped", { scope: "email" }));
    await press(site, "do_mend_plan");
    await press(site, "do_confirm");
    await right(site);
  });

  await step("a name that mailcow’s server does not know: somebody else’s", async () => {
    await spoil(site, "authentik_not_found");
    await site.says(finding("server_cannot_reach_token", { url: "https://login.example.org/application/o/token/" }));
    await press(site, "do_mend_outside");
    await right(site);
  });

  await step("nothing was asked for, and nothing is stored", () => leavesNothing(site, loaded));
});

journey("the story by hand, in another language", async (step) => {
  await using site = await Site.open();
  await site.says(words.page_claim);
  await begin(site);
  const loaded = [...site.asked];

  await step("page, panel and both products change their language together", async () => {
    await site.select(words.language, NAMES[other]);
    speak(other, other);
    await site.says(others.try_click_authentik);
    assert.equal(await site.page.title(), others.page_title);
    await site.assertAccessible();
    await site.shots(`try-${other}`);
  });

  await step("a click on the icon and what is typed in the panel count, too", async () => {
    await site.press(others.try_icon);
    await site.says(others.try_plan);
    const mailcow = text("setup_mailcow");
    const label = await site.find(`.panel >>> cb-field >>> ::-p-text(${JSON.stringify(mailcow)})`);
    await label.click();
    await site.page.keyboard.type("https://mail.example.org");
    await site.press(text("setup_show"));
    await site.says(others.try_apply);
  });

  await step("the panel’s menu changes the page’s language, too", async () => {
    await site.press(others.try_again);
    await site.says(others.try_click_authentik);
    await site.press("Cowbell");
    const menu = await site.find(".panel >>> cb-select >>> select");
    await menu.evaluate((menu, own) => {
      (menu as HTMLSelectElement).value = own;
      menu.dispatchEvent(new Event("change"));
    }, own);
    speak(own, own);
    await site.says(words.try_click_authentik);
  });

  await step("nothing was asked for, and nothing is stored", () => leavesNothing(site, loaded));
});

async function begin(site: Site): Promise<void> {
  await site.press(words.page_try);
  await site.find(".next:enabled");
}

/** Presses the button that says what is next. */
function press(site: Site, action: keyof SiteTexts, texts = words): Promise<void> {
  return site.press(texts.try_next.replace("{action}", texts[action]));
}

function next(site: Site, step: string): Promise<void> {
  return press(site, `do_${step}` as keyof SiteTexts);
}

/** Spoils something and lets Cowbell check, which it does by itself where its check is open. */
async function spoil(site: Site, mistake: string): Promise<void> {
  await site.click(`.mistake::-p-text(${JSON.stringify(words[`mistake_${mistake}` as keyof SiteTexts])})`);
  await site.says(words[`mistake_${mistake}_done` as keyof SiteTexts]);
  await check(site);
}

/** Presses "check" for as long as that is what is next. */
async function check(site: Site): Promise<void> {
  const action = words.try_next.replace("{action}", words.do_check);
  await site.until(() =>
    site.page.evaluate((action) => {
      const button = document.querySelector<HTMLButtonElement>(".next:enabled");
      if (button?.textContent === action) button.click();
      return button !== null && button.textContent !== action;
    }, action),
  );
}

/** A check finds nothing any more. */
async function right(site: Site): Promise<void> {
  await check(site);
  await site.says(words.spoilt_right);
  await site.says(text("check_good"));
  await press(site, "do_go_on");
}

function address(site: Site): Promise<string> {
  return site.page.$eval(".url", ({ textContent }) => textContent ?? "");
}

/** What is in a field of the simulated mailcow's form. */
async function field(site: Site, name: string): Promise<string> {
  return site.page.$eval(
    "iframe.shown",
    (frame, name) =>
      (frame as HTMLIFrameElement).contentDocument?.querySelector<HTMLInputElement>(
        `form[data-id="iam_generic"] input[name="${name}"]`,
      )?.value ?? "",
    name,
  );
}

async function leavesNothing(site: Site, loaded: readonly string[]): Promise<void> {
  assert.deepEqual(site.asked, loaded);
  assert.ok(
    loaded.every((request) => /^GET https:\/\/cowbell\.example\/[\w./-]+$/.test(request)),
    loaded.join("\n"),
  );
  assert.deepEqual(await site.stored(), ["", {}, {}, [], []]);
  assert.deepEqual(site.problems, []);
}
