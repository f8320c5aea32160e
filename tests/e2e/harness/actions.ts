/** Actions that several journeys share. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import type { Page } from "puppeteer-core";

import { images } from "./accessible.ts";
import type { Product } from "./installation.ts";
import { passAuthentikFlow } from "./login-pages.ts";
import { text } from "./messages.ts";
import type { Panel } from "./panel.ts";
import type { Stage } from "./stage.ts";
import { PASSWORD } from "./standins.ts";
import {
  ask,
  authentikState,
  type AuthentikState,
  type Entry,
  type MailcowState,
  mailcowState,
  only,
} from "./witness.ts";

/** Enters mailcow's address and selects only the mailbox user, so that no other user is changed. */
export async function describeSetup(stage: Stage, panel: Panel): Promise<void> {
  const { user } = await stage.installation.mailboxUser();
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.choose(text("audience_users"));
  await panel.type(text("list_search", { list: text("users") }), user, "searchbox");
  await panel.click(`>>> cb-list >>> .row::-p-text(${JSON.stringify(user)})`);
  await panel.find(">>> cb-list >>> .picked");
}

/** Shows the plan and applies it. */
export async function planAndApply(panel: Panel): Promise<void> {
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  await panel.pressMain();
  await panel.says(text("done_all"));
}

/** Undoes everything in authentik. */
export async function undoAtAuthentik(panel: Panel): Promise<void> {
  await panel.go(text("section_plan"));
  await panel.press(text("undo"));
  await panel.confirm();
  await panel.says(text("undo_done"));
}

/** Opens mailcow with the panel's button, and clicks the icon in the tab that this opens. */
export async function goToMailcow(stage: Stage, panel: Panel): Promise<Page> {
  const before = new Set(stage.browser.targets());
  await panel.press(text("open_mailcow"));
  const opened = await stage.browser.waitForTarget((target) => target.type() === "page" && !before.has(target));
  const tab = await opened.page();
  assert.ok(tab);
  await panel.says(text("mailcow_opened_title"));
  const administration = `${stage.installation.origins.mailcow}/admin`;
  // A new tab first shows an empty page, where a click would grant access to nothing.
  await tab.waitForFunction(
    (start) => location.href.startsWith(start) && document.readyState === "complete",
    {},
    administration,
  );
  await stage.clickToolbar(tab);
  await panel.says(text("mailcow_title"));
  await panel.find(`::-p-text(${JSON.stringify(text("mailcow_settings"))})`);
  return tab;
}

/** Saves mailcow's settings through its API, after the panel's question; mailcow's tab reloads its page. */
export async function saveForMe(stage: Stage, panel: Panel, tab: Page): Promise<void> {
  await panel.press(text("mailcow_save"));
  await Promise.all([tab.waitForNavigation(), panel.confirm()]);
  await panel.says(text("mailcow_saved"));
  await stage.clickToolbarAgain(tab);
}

/** Sets up both sides from the panel; returns mailcow's tab. */
export async function setUpBoth(stage: Stage, panel: Panel): Promise<Page> {
  await describeSetup(stage, panel);
  await planAndApply(panel);
  const tab = await goToMailcow(stage, panel);
  await saveForMe(stage, panel, tab);
  return tab;
}

/** Signs in at mailcow as the owner of a mailbox does; returns whether mailcow refused it. */
export async function isOwnerRefused(stage: Stage, address: string): Promise<boolean> {
  const page = await stage.stranger();
  const { mailcow } = stage.installation.origins;
  await page.goto(`${mailcow}/`);
  await Promise.all([page.waitForNavigation(), page.locator('a[href*="iam_sso=1"]').click()]);
  await passAuthentikFlow(page, { user: address.split("@")[0] ?? "", password: PASSWORD });
  await page.waitForFunction((host) => location.host === host, {}, new URL(mailcow).host);
  const { pathname } = new URL(page.url());
  // mailcow writes a line into its log when the next page is loaded.
  await page.goto(`${mailcow}/user`);
  await page.browserContext().close();
  return !pathname.startsWith("/SOGo/so");
}

/** Fills in mailcow's form with the panel's button. */
export async function fillForm(panel: Panel): Promise<void> {
  await panel.press(text("mailcow_fill"));
  await panel.says(text("mailcow_not_saved"));
}

/**
 * Completes the earlier attempt in authentik, and makes mailcow store it, without Cowbell; returns the client secret. All stand-ins name
 * the same client ID.
 */
export async function integrate(stage: Stage, tabs: Record<Product, Page>): Promise<string> {
  const { authentik, mailcow } = stage.installation.origins;
  const client_secret = randomBytes(64).toString("hex");
  const { pk, client_id } = only((await authentikState(tabs.authentik)).providers, "name", "Mailcow test");
  await ask(tabs.authentik, `/api/v3/providers/oauth2/${String(pk)}/`, "PATCH", {
    client_secret,
    redirect_uris: [{ matching_mode: "strict", url: mailcow }],
  });
  const attr = {
    authsource: "generic-oidc",
    authorize_url: `${authentik}/application/o/authorize/`,
    token_url: `${authentik}/application/o/token/`,
    userinfo_url: `${authentik}/application/o/userinfo/`,
    client_id,
    client_secret,
    redirect_url: mailcow,
    client_scopes: "openid profile email",
    mappers: [],
    templates: [],
  };
  await ask(tabs.mailcow, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
  await tabs.mailcow.reload();
  return client_secret;
}

/** Returns the values of the form in mailcow's page, by name. */
export function formValues(tab: Page): Promise<Record<string, string[]>> {
  return tab.$eval('form[data-id="iam_generic"]', (form) => {
    const values: Record<string, string[]> = {};
    for (const control of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
      "input[name]:not([type=hidden]), select[name]",
    )) {
      const value =
        control instanceof HTMLInputElement && control.type === "checkbox" ? String(control.checked) : control.value;
      (values[control.name] ??= []).push(value);
    }
    return values;
  });
}

/** Presses mailcow's own Save and waits until the page is reloaded. */
export async function pressSave(stage: Stage, tab: Page): Promise<void> {
  await tab.bringToFront();
  await Promise.all([
    tab.waitForNavigation(),
    tab.locator('[data-action="edit_selected"][data-id="iam_generic"]').click(),
  ]);
  await stage.clickToolbarAgain(tab);
}

/** Returns the marks beside the fields of a page. */
export function marks(tab: Page): Promise<string[]> {
  return images(tab);
}

/** Signs in to mailcow through authentik in a browser without a session; returns the page where it ends. */
export async function signInByButton(stage: Stage): Promise<Page> {
  const page = await stage.stranger();
  await page.goto(`${stage.installation.origins.mailcow}/`);
  await Promise.all([page.waitForNavigation(), page.locator('a[href*="iam_sso=1"]').click()]);
  await passAuthentikFlow(page, await stage.installation.mailboxUser());
  const { host } = new URL(stage.installation.origins.mailcow);
  await page.waitForFunction((host) => location.host === host && document.readyState === "complete", {}, host);
  // What the driver knows of the address may come later than what the page itself says.
  while (new URL(page.url()).host !== host) await page.evaluate(() => location.href);
  return page;
}

/** Returns the record of the mailbox user. */
export async function mailboxUser(stage: Stage, { users }: AuthentikState): Promise<Entry> {
  const { user } = await stage.installation.mailboxUser();
  return users.find(({ email }) => email === user) ?? only(users, "username", user);
}

/** Returns the mailbox that an address belongs to; mailcow ignores case. */
export function mailboxOf({ mailboxes }: MailcowState, user: Entry): Entry | undefined {
  return mailboxes.find(({ username }) => String(username).toLowerCase() === String(user["email"]).toLowerCase());
}

/** The state of both products. */
export interface Both {
  authentik: AuthentikState;
  mailcow: MailcowState;
}

/** Reads both products. */
export async function both(tabs: { authentik: Page; mailcow: Page }): Promise<Both> {
  return { authentik: await authentikState(tabs.authentik), mailcow: await mailcowState(tabs.mailcow) };
}

/** Reads both products before anything is changed. */
export async function before(tabs: { authentik: Page; mailcow: Page }): Promise<Both> {
  const state = await both(tabs);
  const { identityProvider, mailboxes } = state.mailcow;
  const using = mailboxes.filter(({ authsource }) => authsource === "generic-oidc").length;
  // mailcow does not remove a provider that a mailbox uses (docs/contract/mailcow.md, section 8), so the state could not be
  // restored.
  assert.ok(
    identityProvider["authsource"] || using === 0,
    `${using} mailboxes sign in with Generic-OIDC, and mailcow has no identity provider: save one, or switch them back`,
  );
  return state;
}

/** Removes a mailbox that a sign-in created, with mailcow's own API. */
export async function removeMailbox(tab: Page, mailbox: Entry): Promise<void> {
  await ask(tab, "/api/v1/delete/mailbox", "POST", [mailbox["username"]]);
}

/** Restores mailcow's identity provider with mailcow's own API, as the administrator who saved it would. */
export async function putIdentityProviderBack(tab: Page, { identityProvider }: MailcowState): Promise<void> {
  // A reload clears mailcow's messages about earlier calls (docs/contract/mailcow.md, section 4).
  await tab.reload();
  if (identityProvider["authsource"])
    await ask(tab, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr: identityProvider });
  else await ask(tab, "/api/v1/delete/identity-provider", "POST", ["identity-provider"]);
}

/** Checks both sides from mailcow's section, and finds nothing wrong. */
export async function checkIsGood(panel: Panel): Promise<void> {
  await panel.press(text("mailcow_check"));
  await panel.says(text("check_lead"));
  const signs = await images(panel.page);
  assert.ok(signs.includes(text("sign_good")) && !signs.includes(text("sign_problem")), signs.join(" | "));
  await panel.assertAccessible();
}
