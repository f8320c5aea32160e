/**
 * An administrator pastes the values by hand: each field is checked in place, and the client credentials are verified without a
 * sign-in and without a trace.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { paste } from "./harness/form.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { ask, authentikState, only } from "./harness/witness.ts";

/** The values that the form must have, by name of the field. */
type Values = Record<
  "authorize_url" | "token_url" | "userinfo_url" | "client_id" | "client_secret" | "redirect_url" | "client_scopes",
  string
>;
type Field = keyof Values;

/**
 * A mistake: the field, its value, the finding, and the button that fixes it. Native tests cover the others
 * (`tests/integration/mistakes.rs`).
 */
interface Mistake {
  what: string;
  field: Field;
  value: (right: Values) => string;
  code: string;
  values?: Record<string, string | number>;
  fix?: "clean_field" | "set_registered_secret";
}

const OTHER_SECRET = `${"0123456789abcdefghijABCDEFGHIJ0123456789".repeat(3)}klmnopqr`;

/**
 * Mistakes found from the characters alone, and those that only an answer of authentik reveals, requested from the mailcow tab.
 */
const UNKNOWN: Mistake[] = [
  {
    what: "a zero-width space in the secret",
    field: "client_secret",
    value: ({ client_secret }) => `${client_secret.slice(0, 7)}\u200b${client_secret.slice(7)}`,
    code: "invisible_character",
    values: { character: "U+200B", position: 8 },
    fix: "clean_field",
  },
  { what: "another secret", field: "client_secret", value: () => OTHER_SECRET, code: "credentials_wrong_secret" },
];

/** The same mistake once authentik was read: named exactly, and fixed with one button. */
const KNOWN: Mistake = {
  what: "another secret",
  field: "client_secret",
  value: () => OTHER_SECRET,
  code: "client_secret_differs",
  values: { provider: "Mailcow test" },
  fix: "set_registered_secret",
};

journey("pasted by hand, authentik never read", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const right = await register(stage);
  const witness = await stage.open("authentik");
  const events = await eventCount(witness);
  const tab = await stage.open("mailcow");
  const panel = await stage.clickToolbar(tab);

  await step("the right values are found right as one types, and the pair is proven", async () => {
    await panel.says(text("mailcow_unknown"));
    await panel.assertAccessible();
    await panel.shots("mailcow-by-hand");
    await panel.press(text("mailcow_show_form"));
    await tab.waitForSelector('form[data-id="iam_generic"] [name="client_id"]', { visible: true });
    await pasteAll(tab, right);
    // Nobody has said so far that the secret may go there.
    const { hostname: host } = new URL(right.token_url);
    await panel.says(finding("credentials_unknown_endpoint", { host }));
    await panel.assertAccessible();
    await panel.shots("mailcow-by-hand-unknown");
    await panel.press(text("fix_test_at"));
    await panel.says(finding("credentials_right"));
    await panel.assertAccessible();
    await panel.shots("mailcow-by-hand-right");
  });

  for (const made of UNKNOWN) await step(`${made.what}: ${made.code}`, () => mistake({ panel, tab, right }, made));

  await step("client ID and secret swapped are put in the right fields", async () => {
    await paste(tab, "client_id", right.client_secret);
    await paste(tab, "client_secret", right.client_id);
    await panel.says(finding("credentials_look_swapped"));
    await panel.shots("mailcow-swapped");
    await panel.press(text("fix_swap_credentials"));
    await holds(panel, tab, "client_id", right.client_id);
    await holds(panel, tab, "client_secret", right.client_secret);
    await panel.says(finding("credentials_right"));
  });

  await step("no secret is in the panel's document, nothing is saved, and authentik noticed nothing", async () => {
    assert.ok(!(await panel.page.content()).includes(right.client_secret));
    assert.ok(!(await panel.text()).includes(right.client_secret));
    assert.equal(await eventCount(witness), events);
    const stored = await ask<Record<string, unknown>>(tab, "/api/v1/get/identity-provider");
    assert.ok(!stored["client_id"]);
  });
});

test("pasted by hand, authentik known: another secret is named exactly, and put right with one button", async () => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const right = await register(stage);
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), right.redirect_url);
  await actions.planAndApply(panel);
  const tab = await stage.open("mailcow");
  await stage.clickToolbar(tab);
  await panel.says(text("mailcow_settings"));
  await actions.fillForm(panel);
  await panel.says(finding("credentials_right"));
  await pasteAll(tab, right);
  await mistake({ panel, tab, right }, KNOWN);
});

interface Scene {
  panel: Panel;
  tab: Page;
  right: Values;
}

/** Makes a mistake that the panel names, also beside the field; afterwards the field is correct again. */
async function mistake({ panel, tab, right }: Scene, { field, value, code, values, fix }: Mistake): Promise<void> {
  await paste(tab, field, value(right));
  const sentence = squeezed(finding(code, values));
  await panel.until(async () => squeezed(await panel.text()).includes(sentence));
  await panel.until(async () => (await actions.marks(tab)).some((name) => squeezed(name).includes(sentence)));
  if (fix) await panel.press(text(`fix_${fix}`));
  else await paste(tab, field, right[field]);
  await holds(panel, tab, field, right[field]);
  await panel.until(async () => !squeezed(await panel.text()).includes(sentence));
}

/** Removes white space, because the panel may break long words. */
const squeezed = (words: string): string => words.replace(/\s/g, "");

async function holds(panel: Panel, tab: Page, field: Field, value: string): Promise<void> {
  await panel.until(async () => (await actions.formValues(tab))[field]?.[0] === value);
}

/** Completes the earlier attempt in authentik by hand, and returns the values to paste. */
async function register(stage: Stage): Promise<Values> {
  const { authentik, mailcow } = stage.installation.origins;
  const tab = await stage.open("authentik");
  const { providers } = await authentikState(tab);
  const { pk, client_id, client_secret } = only(providers, "name", "Mailcow test");
  await ask(tab, `/api/v3/providers/oauth2/${String(pk)}/`, "PATCH", {
    redirect_uris: [{ matching_mode: "strict", url: mailcow }],
  });
  return {
    authorize_url: `${authentik}/application/o/authorize/`,
    token_url: `${authentik}/application/o/token/`,
    userinfo_url: `${authentik}/application/o/userinfo/`,
    client_id: String(client_id),
    client_secret: String(client_secret),
    redirect_url: mailcow,
    client_scopes: "openid profile email",
  };
}

async function eventCount(tab: Page): Promise<number> {
  const { pagination } = await ask<{ pagination: { count: number } }>(tab, "/api/v3/events/events/?page_size=1");
  return pagination.count;
}

async function pasteAll(tab: Page, values: Values): Promise<void> {
  for (const field of Object.keys(values) as Field[]) await paste(tab, field, values[field]);
}
