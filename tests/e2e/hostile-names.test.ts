/** Names that mean harm, wherever somebody else chooses them: they are shown as they are, and nothing of them comes to life. */

import assert from "node:assert/strict";

import * as acts from "./harness/acts.ts";
import { journey } from "./harness/journey.ts";
import { counted, text } from "./harness/messages.ts";
import type { Screen } from "./harness/screen.ts";
import { launch } from "./harness/stage.ts";
import { ask, authentikState, mailcowState } from "./harness/witness.ts";

/** Does something that can be seen if it is taken for markup or code; `tag` is an element that the panel never makes. */
const HARM = `<marquee onstart="globalThis.harmed=1"><img src=x onerror="globalThis.harmed=1"></marquee><script>globalThis.harmed=1</script>`;
/** Ends texts, attributes, templates and messages of other kinds. */
const ENDS = `'"\`}]>-->\${harm}{name}%00\u202e`;
const NAME = `${HARM}${ENDS}`;

/** Nothing came to life, and the name can be read. */
async function harmless(screen: Screen, shown: boolean): Promise<void> {
  const seen = await screen.page.evaluate(() => {
    const all = (root: Document | ShadowRoot): Element[] => [...root.querySelectorAll("*")].flatMap((element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const alive = all(document).filter((element) => element.localName === "marquee" || [...element.attributes].some(({ name }) => name.startsWith("on")));
    return { harmed: "harmed" in globalThis, alive: alive.map(({ outerHTML }) => outerHTML) };
  });
  assert.deepEqual(seen, { harmed: false, alive: [] });
  assert.deepEqual(screen.problems, []);
  if (shown) assert.ok((await screen.text()).includes("<marquee onstart="), await screen.text());
}

journey("names that mean harm stay names", async (step) => {
  await using stage = await launch({ standins: { users: 30, halfMade: true } });
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const { users, groups, providers, applications } = await authentikState(witness.authentik);
  const rename = (path: string, change: Record<string, unknown>): Promise<unknown> => ask(witness.authentik, `/api/v3/${path}/`, "PATCH", change);
  for (const { pk } of users.slice(2)) await rename(`core/users/${String(pk)}`, { name: `${NAME}${String(pk)}` });
  for (const { pk } of groups) await rename(`core/groups/${String(pk)}`, { name: `${NAME}${String(pk)}` });
  for (const { pk } of providers) await rename(`providers/oauth2/${String(pk)}`, { name: `${NAME}${String(pk)}` });
  for (const { slug } of applications) await rename(`core/applications/${String(slug)}`, { name: NAME, group: NAME });
  const attr = { authsource: "generic-oidc", authorize_url: NAME, token_url: NAME, userinfo_url: NAME, client_id: NAME, client_secret: NAME, redirect_url: NAME, redirect_url_extra: [NAME], client_scopes: NAME, default_template: NAME, mappers: [NAME], templates: [NAME], login_provisioning: "1" };
  await ask(witness.mailcow, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
  assert.equal((await mailcowState(witness.mailcow)).identityProvider["client_id"], NAME);

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
    const form = await acts.goToMailcow(stage, panel);
    await harmless(panel, true);
    await panel.shots("hostile-mailcow");
    await acts.fillForm(panel);
    assert.equal(await form.evaluate(() => "harmed" in globalThis || document.querySelector("marquee") !== null), false);
    await acts.saveForMe(stage, panel, form);
    await panel.press(text("mailcow_check"));
    await panel.says(text("readiness_title"));
    await panel.says(counted("list_all", users.length));
    await harmless(panel, true);
    await panel.press(text("signins_explain"));
    await panel.says(text("signins_unseen"));
    await harmless(panel, true);
  });
});
