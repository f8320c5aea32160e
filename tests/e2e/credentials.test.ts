/** Somebody pastes the values by hand: each field is judged in place, and the pair is proven without a sign-in and without a trace. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as acts from "./harness/acts.ts";
import { paste as pasteText } from "./harness/clipboard.ts";
import { journey, type Step } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { ask, authentikState, only } from "./harness/witness.ts";

/** What the form has to hold, by name of the field. */
type Values = Record<
  "authorize_url" | "token_url" | "userinfo_url" | "client_id" | "client_secret" | "redirect_url" | "client_scopes",
  string
>;
type Field = keyof Values;

/** A mistake: where, what is there instead, what is said of it, and the button that mends it. */
interface Mistake {
  what: string;
  field: Field;
  value: (right: Values) => string;
  code: string;
  values?: (right: Values) => Record<string, string | number>;
  /** Something graver that the mark says instead. */
  mark?: string;
  fix?: "clean_field" | "set_field" | "set_registered_secret" | "swap_credentials";
}

const OTHER_ID = "0123456789abcdefghijABCDEFGHIJ0123456789";
const OTHER_SECRET = `${OTHER_ID.repeat(3)}klmnopqr`;
const ZERO_WIDTH_SPACE = "\u200b";

/** Mistakes that the characters alone betray, whoever is known. */
const MISTYPED: Mistake[] = [
  {
    what: "a blank behind the client ID",
    field: "client_id",
    value: ({ client_id }) => `${client_id} `,
    code: "surrounding_space",
    fix: "clean_field",
  },
  {
    what: "a blank before the secret",
    field: "client_secret",
    value: ({ client_secret }) => ` ${client_secret}`,
    code: "surrounding_space",
    fix: "clean_field",
  },
  {
    what: "a zero-width space in the secret",
    field: "client_secret",
    value: ({ client_secret }) => client_secret.slice(0, 7) + ZERO_WIDTH_SPACE + client_secret.slice(7),
    code: "invisible_character",
    values: () => ({ character: "U+200B", position: 8 }),
    fix: "clean_field",
  },
  {
    what: "the client ID in quotation marks",
    field: "client_id",
    value: ({ client_id }) => `"${client_id}"`,
    code: "quote_marks",
    fix: "clean_field",
  },
  {
    what: "a letter of another alphabet in the client ID",
    field: "client_id",
    value: ({ client_id }) => `а${client_id.slice(1)}`,
    code: "non_ascii_character",
    values: () => ({ character: "U+0430", position: 1 }),
  },
  {
    what: "the token endpoint without its slash",
    field: "token_url",
    value: ({ token_url }) => token_url.slice(0, -1),
    code: "endpoint_without_slash",
    fix: "set_field",
  },
  {
    what: "the example host of the guide",
    field: "userinfo_url",
    value: () => "https://authentik.company/application/o/userinfo/",
    code: "endpoint_placeholder",
    values: () => ({ host: "authentik.company" }),
  },
  {
    what: "the discovery document",
    field: "authorize_url",
    value: ({ token_url }) => token_url.replace("token/", "mailcow/.well-known/openid-configuration"),
    code: "endpoint_is_discovery",
  },
  {
    what: "an endpoint with the slug in it",
    field: "token_url",
    value: ({ token_url }) => token_url.replace("token/", "mailcow/token/"),
    code: "endpoint_has_slug",
    values: () => ({ slug: "mailcow" }),
  },
  {
    what: "http to another machine",
    field: "token_url",
    value: () => "http://login.example.org/application/o/token/",
    code: "endpoint_not_secure",
  },
  { what: "no web address", field: "authorize_url", value: () => "authorize", code: "endpoint_not_url" },
  {
    what: "a scope missing",
    field: "client_scopes",
    value: () => "openid profile",
    code: "scope_email_missing",
    fix: "set_field",
  },
  {
    what: "scopes separated by commas",
    field: "client_scopes",
    value: () => "openid,profile,email",
    code: "scopes_not_separated_by_blanks",
    fix: "set_field",
  },
];

/** What only an answer of authentik tells, asked from the mailcow tab. */
const ASKED: Mistake[] = [
  { what: "another secret", field: "client_secret", value: () => OTHER_SECRET, code: "pair_wrong_secret" },
  {
    what: "another client ID",
    field: "client_id",
    value: () => OTHER_ID,
    code: "pair_hidden",
    values: ({ redirect_url }) => ({ origin: redirect_url }),
  },
  {
    what: "the end of the secret missing",
    field: "client_secret",
    value: ({ client_secret }) => client_secret.slice(0, 100),
    code: "client_secret_odd_length",
    mark: "pair_wrong_secret",
    values: () => ({ length: 100, expected: 128 }),
  },
];

/** The same mistakes once authentik was read: named exactly, and mended with one button. */
const KNOWN: Mistake[] = [
  {
    what: "another secret",
    field: "client_secret",
    value: () => OTHER_SECRET,
    code: "client_secret_differs",
    values: () => ({ provider: "Mailcow test" }),
    fix: "set_registered_secret",
  },
  {
    what: "another client ID",
    field: "client_id",
    value: () => OTHER_ID,
    code: "client_id_differs",
    values: ({ client_id }) => ({ expected: client_id, provider: "Mailcow test" }),
    fix: "set_field",
  },
  {
    what: "the end of the secret missing",
    field: "client_secret",
    value: ({ client_secret }) => client_secret.slice(0, 100),
    code: "client_secret_truncated",
    values: () => ({ length: 100, expected: 128 }),
    fix: "set_registered_secret",
  },
  {
    what: "the discovery document",
    field: "authorize_url",
    value: ({ token_url }) => token_url.replace("token/", "mailcow/.well-known/openid-configuration"),
    code: "endpoint_is_discovery",
    fix: "set_field",
  },
  {
    what: "the example host of the guide",
    field: "userinfo_url",
    value: () => "https://authentik.company/application/o/userinfo/",
    code: "endpoint_placeholder",
    values: () => ({ host: "authentik.company" }),
    fix: "set_field",
  },
  {
    what: "the redirect URL with a slash",
    field: "redirect_url",
    value: ({ redirect_url }) => `${redirect_url}/`,
    code: "redirect_slash_differs",
    values: ({ redirect_url }) => ({ expected: redirect_url }),
    fix: "set_field",
  },
];

journey("pasted by hand, authentik never read", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const right = await register(stage);
  const witness = await stage.open("authentik");
  const events = await eventCount(witness);
  const tab = await stage.open("mailcow");
  const panel = await stage.clickToolbar(tab);

  await step("the panel says that it checks as one types", async () => {
    await panel.says(text("mailcow_unknown"));
    await panel.assertAccessible();
    await panel.shots("mailcow-by-hand");
    await panel.press(text("mailcow_show_form"));
    await tab.waitForSelector('form[data-id="iam_generic"] [name="client_id"]', { visible: true });
  });

  await step("the right values are found right, and the pair is proven", async () => {
    await pasteAll(tab, right);
    await panel.says(finding("pair_right"));
    await panel.assertAccessible();
    await panel.shots("mailcow-by-hand-right");
  });

  await mistakes(step, { panel, tab, right }, [...MISTYPED, ...ASKED]);

  await step("client ID and secret swapped are put in their places", async () => {
    await paste(tab, "client_id", right.client_secret);
    await paste(tab, "client_secret", right.client_id);
    await panel.says(finding("credentials_look_swapped"));
    await panel.shots("mailcow-swapped");
    await panel.press(text("fix_swap_credentials"));
    await holds(panel, tab, "client_id", right.client_id);
    await holds(panel, tab, "client_secret", right.client_secret);
    await panel.says(finding("pair_right"));
  });

  await step("no secret is in the panel's document, nothing is saved, and authentik noticed nothing", async () => {
    assert.ok(!(await panel.page.content()).includes(right.client_secret));
    assert.ok(!(await panel.text()).includes(right.client_secret));
    assert.equal(await eventCount(witness), events);
    const stored = await ask<Record<string, unknown>>(tab, "/api/v1/get/identity-provider");
    assert.ok(!stored["client_id"]);
  });
});

journey("pasted by hand, authentik known", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const right = await register(stage);
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), right.redirect_url);
  await acts.planAndApply(panel);
  const tab = await stage.open("mailcow");
  await stage.clickToolbar(tab);
  await panel.says(text("mailcow_settings"));
  await acts.fillForm(panel);
  await panel.says(finding("pair_right"));
  await pasteAll(tab, right);
  await mistakes(step, { panel, tab, right }, KNOWN);
});

interface Scene {
  panel: Panel;
  tab: Page;
  right: Values;
}

/** Makes each mistake in turn; after it the field is right again. */
async function mistakes(step: Step, { panel, tab, right }: Scene, made: Mistake[]): Promise<void> {
  for (const { what, field, value, code, values, mark, fix } of made) {
    await step(`${what}: ${code}`, async () => {
      await paste(tab, field, value(right));
      const sentence = finding(code, values?.(right));
      await panel.until(async () => squeezed(await panel.text()).includes(squeezed(sentence)));
      const marked = squeezed(mark ? finding(mark) : sentence);
      await panel.until(async () => (await acts.marks(tab)).some((name) => squeezed(name).includes(marked)));
      if (fix) await panel.press(text(`fix_${fix}`));
      else await paste(tab, field, right[field]);
      await holds(panel, tab, field, right[field]);
      await panel.until(async () => !squeezed(await panel.text()).includes(squeezed(sentence)));
    });
  }
}

/** Long words are broken in the panel where they may be. */
const squeezed = (words: string): string => words.replace(/\s/g, "");

async function holds(panel: Panel, tab: Page, field: Field, value: string): Promise<void> {
  await panel.until(async () => (await acts.formValues(tab))[field]?.[0] === value);
}

/** Completes the earlier attempt at authentik by hand, and gives what has to be pasted. */
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

/** Puts a text into a field at once, as a paste does, and leaves the field. */
async function paste(tab: Page, field: Field, value: string): Promise<void> {
  await tab.bringToFront();
  const control = await tab.waitForSelector(`form[data-id="iam_generic"] [name="${field}"]:not([type=hidden])`, {
    visible: true,
  });
  await control?.evaluate((control) => (control as HTMLInputElement).select());
  await control?.focus();
  await pasteText(tab, value);
  await tab.keyboard.press("Tab");
}
