/** Hostile names, wherever a user can choose them: they are shown unchanged, and nothing in them is executed. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { HARM, NAME, NAMES, name } from "./harness/hostile.ts";
import type { Product } from "./harness/installation.ts";
import { journey } from "./harness/journey.ts";
import { counted, text } from "./harness/messages.ts";
import type { Screen } from "./harness/screen.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, type Entry, mailcowState } from "./harness/witness.ts";

/** Asserts that nothing was executed and that the name is readable. */
async function harmless(screen: Screen, shown: boolean): Promise<void> {
  const seen = await screen.page.evaluate(() => {
    const all = (root: Document | ShadowRoot): Element[] =>
      [...root.querySelectorAll("*")].flatMap((element) => [
        element,
        ...(element.shadowRoot ? all(element.shadowRoot) : []),
      ]);
    const alive = all(document).filter(
      (element) => element.localName === "marquee" || [...element.attributes].some(({ name }) => name.startsWith("on")),
    );
    return { harmed: "harmed" in globalThis, alive: alive.map(({ outerHTML }) => outerHTML) };
  });
  assert.deepEqual(seen, { harmed: false, alive: [] });
  assert.deepEqual(screen.problems, []);
  if (shown) assert.ok((await screen.text()).includes("<marquee onstart="), await screen.text());
}

/** Returns a page of a list of authentik with these entries. */
const listed = (results: readonly Entry[]): unknown => ({
  pagination: {
    next: 0,
    previous: 0,
    count: results.length,
    current: 1,
    total_pages: 1,
    start_index: 1,
    end_index: results.length,
  },
  results,
});

/** Sign-ins that mailcow refused, as in its log; the user who tries to sign in controls much of the content. */
const REFUSED = [
  ["identity_provider", `${HARM}@mail.example`, NAME],
  ["identity_provider", NAME],
  ["check_login", NAME, NAME],
].map((call, place) => ({
  time: Math.floor(Date.now() / 1_000) - 60 - place,
  type: "danger",
  msg: JSON.stringify("login_failed"),
  call: JSON.stringify(call),
  task: NAME,
  user: NAME,
  role: NAME,
  remote: NAME,
}));

/** The events of authentik about them. */
const EVENTS = ["login_failed", "configuration_error", "property_mapping_exception"].map((action, place) => ({
  pk: `00000000-0000-4000-8000-00000000000${place}`,
  action,
  app: NAME,
  user: { pk: 7, username: NAME, email: `${HARM}@mail.example` },
  client_ip: NAME,
  created: new Date(Date.now() - 61_000).toISOString(),
  context: {
    username: NAME,
    message: NAME,
    redirect_uri: NAME,
    expected: [NAME],
    mapping: { name: NAME },
    http_request: { path: NAME, user_agent: NAME, args: { next: NAME, client_id: NAME } },
  },
}));

journey("names that mean harm stay names", async (step) => {
  await using stage = await launch({ standins: { users: NAMES + 2, halfMade: true } });
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const { users, groups, providers, applications } = await authentikState(witness.authentik);
  const rename = (path: string, change: Record<string, unknown>): Promise<unknown> =>
    ask(witness.authentik, `/api/v3/${path}/`, "PATCH", change);
  assert.ok(users.length >= NAMES, "every hostile text is somebody's name");
  for (const [place, { pk }] of users.slice(2).entries()) {
    await rename(`core/users/${String(pk)}`, { name: name(place) });
  }
  for (const [place, { pk }] of groups.entries()) await rename(`core/groups/${String(pk)}`, { name: name(place) });
  for (const { pk } of providers) await rename(`providers/oauth2/${String(pk)}`, { name: `${NAME}${String(pk)}` });
  for (const { slug } of applications) await rename(`core/applications/${String(slug)}`, { name: NAME, group: NAME });
  const attr = {
    authsource: "generic-oidc",
    authorize_url: NAME,
    token_url: NAME,
    userinfo_url: NAME,
    client_id: NAME,
    client_secret: NAME,
    redirect_url: NAME,
    redirect_url_extra: [NAME],
    client_scopes: NAME,
    default_template: NAME,
    mappers: [NAME],
    templates: [NAME],
    login_provisioning: "1",
  };
  await ask(witness.mailcow, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
  assert.equal((await mailcowState(witness.mailcow)).identityProvider["client_id"], NAME);

  /** Makes a stand-in give another response to requests for a path. */
  const answer = (product: Product, path: string, body: unknown): Promise<unknown> =>
    stage.standins.control("POST", "/fault", {
      browser: { product, path, kind: "status", status: 200, body: JSON.stringify(body) },
    });
  const all = async <Answer>(product: Product, path: string): Promise<Answer> => ask<Answer>(witness[product], path);
  for (const path of ["/api/v3/flows/instances/", "/api/v3/crypto/certificatekeypairs/"]) {
    const { results } = await all<{ results: Entry[] }>("authentik", `${path}?page_size=100`);
    await answer(
      "authentik",
      path,
      listed(results.map((one, place) => ({ ...one, name: `${NAME}${place}`, title: NAME }))),
    );
  }
  await answer("authentik", "/api/v3/events/events/", listed(EVENTS));
  const more = (known: Entry[], change: Entry): Entry[] => [...known, { ...known[0], ...change }];
  await answer(
    "mailcow",
    "/api/v1/get/mailbox/template/all",
    more(await all("mailcow", "/api/v1/get/mailbox/template/all"), { template: NAME, id: 999 }),
  );
  await answer(
    "mailcow",
    "/api/v1/get/domain/all",
    more(await all("mailcow", "/api/v1/get/domain/all"), { domain_name: NAME, description: NAME }),
  );
  await answer(
    "mailcow",
    "/api/v1/get/mailbox/all",
    more(await all("mailcow", "/api/v1/get/mailbox/all"), {
      username: `${HARM}@mail.example`,
      name: NAME,
      domain: NAME,
    }),
  );
  await answer("mailcow", "/api/v1/get/logs/ui/1000", REFUSED);

  const panel = await stage.clickToolbar(await stage.visit(`${stage.installation.origins.authentik}/if/admin/`));
  await step("users, groups and an earlier attempt", async () => {
    await panel.says(text("setup_title"));
    await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
    await panel.says(text("setup_existing"));
    await harmless(panel, true);
    await panel.choose(text("audience_groups"));
    await panel.find(">>> cb-list >>> .row");
    await harmless(panel, true);
    await panel.choose(text("audience_users"));
    await panel.says(counted("list_all", users.length));
    await harmless(panel, true);
    await panel.choose(text("audience_all"));
  });

  await step("the plan, and what became of it", async () => {
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await harmless(panel, true);
    await panel.assertAccessible();
    await panel.shots("hostile-plan");
    await panel.pressMain();
    await panel.says(text("done_all"));
    await harmless(panel, true);
  });

  await step("mailcow’s settings, its page, and the check", async () => {
    const form = await actions.goToMailcow(stage, panel);
    await harmless(panel, true);
    await panel.shots("hostile-mailcow");
    await actions.fillForm(panel);
    assert.equal(
      await form.evaluate(() => "harmed" in globalThis || document.querySelector("marquee") !== null),
      false,
    );
    await actions.saveForMe(stage, panel, form);
    await panel.press(text("mailcow_check"));
    await panel.says(text("signins_lead"));
    await harmless(panel, false);
    await panel.go(text("section_readiness"));
    await panel.says(counted("list_all", users.length));
    await harmless(panel, true);
    await panel.go(text("section_switch"));
    await panel.press(text("people_read"));
    await panel.says(text("wave_title"));
    await harmless(panel, true);
    await panel.go(text("section_check"));
    await panel.press(text("signins_explain"));
    await panel.says(text("signins_unseen"));
    assert.ok(
      (await panel.texts("cb-row")).some((row) => row.includes(`${HARM}@mail.example`)),
      "a refused sign-in is shown",
    );
    await harmless(panel, true);
    await panel.assertAccessible();
    await panel.shots("hostile-log", { height: 1700 });
  });

  await step("a question stays in sight, whatever its names are, and no name turns it around", async () => {
    await panel.go(text("section_maintain"));
    await panel.press(text("remove_run"));
    await panel.says(text("remove_question", stage.hosts));
    await harmless(panel, true);
    await panel.assertAccessible();
    await panel.shots("hostile-question");
    const [question = ""] = await panel.texts("cb-confirm");
    assert.doesNotMatch(question, /[\u202A-\u202E\u2066-\u2069]/u);
    await panel.appear({ width: 320 });
    const parts = await panel.page.$$eval(">>> cb-confirm >>> :is(h2, cb-button)", (elements) =>
      elements.map((element) => element.getBoundingClientRect().toJSON()),
    );
    assert.equal(parts.length, 3);
    const height = await panel.page.evaluate(() => window.innerHeight);
    for (const { top, bottom } of parts) assert.ok(top >= 0 && bottom <= height, JSON.stringify(parts));
    await panel.appear({});
  });

  await step("the second half of a double click is no yes", async () => {
    await panel.page.$eval(">>> cb-confirm >>> .yes", (button) =>
      button.dispatchEvent(new MouseEvent("click", { detail: 2, bubbles: true, composed: true })),
    );
    await panel.press(text("cancel"));
    await panel.until(async () => (await panel.texts("cb-confirm")).length === 0);
    assert.notDeepEqual((await authentikState(witness.authentik)).providers, []);
    assert.equal((await mailcowState(witness.mailcow)).identityProvider["authsource"], "generic-oidc");
  });
});
