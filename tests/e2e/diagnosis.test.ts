/** The panel explains sign-ins that failed in a browser; after the cause is fixed, the next sign-in succeeds. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import type { Account } from "./harness/installation.ts";
import { journey } from "./harness/journey.ts";
import { fillAuthentikFlow } from "./harness/login-pages.ts";
import { counted, finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { signIn } from "./harness/sign-ins.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { PASSWORD } from "./harness/standins.ts";
import { ask, authentikState, mailcowState } from "./harness/witness.ts";

/** Changes stored settings of mailcow, as another administrator might. */
async function store(tab: Page, settings: Record<string, unknown>): Promise<void> {
  const { identityProvider } = await mailcowState(tab);
  await ask(tab, "/api/v1/edit/identity-provider", "POST", {
    items: ["identity-provider"],
    attr: { ...identityProvider, ...settings },
  });
}

/** Signs in and expects mailcow to refuse. */
async function refused(stage: Stage): Promise<void> {
  const page = await actions.signInByButton(stage);
  await page.waitForSelector(".alert-danger");
  await page.browserContext().close();
}

/** Enters a wrong password in authentik. */
async function mistyped(stage: Stage): Promise<void> {
  const page = await stage.stranger();
  await page.goto(`${stage.installation.origins.mailcow}/?iam_sso=1`);
  const { user } = await stage.installation.mailboxUser();
  await fillAuthentikFlow(page, { user, password: "not this one" });
  await page.waitForSelector(">>> [role=alert]");
  await page.browserContext().close();
}

/** Returns whether a notice is visible without scrolling. */
async function isInView(panel: Panel, label: string): Promise<boolean> {
  const notice = await panel.find(`>>> cb-notice::-p-text(${JSON.stringify(label)})`);
  return notice.isIntersectingViewport({ threshold: 1 });
}

/** Returns a user whose mailbox has its own password. */
async function owner(authentik: Page, mailcow: Page): Promise<Account & { email: string }> {
  const { mailboxes } = await mailcowState(mailcow);
  const own = new Set(
    mailboxes
      .filter(({ authsource, active }) => authsource === "mailcow" && active === 1)
      .map(({ username }) => username),
  );
  const { users } = await authentikState(authentik);
  const found = users.find(({ is_active, type, email }) => is_active === true && type === "internal" && own.has(email));
  assert.ok(found);
  return { user: String(found["username"]), password: PASSWORD, email: String(found["email"]) };
}

/** Sets the clocks of both servers. */
async function minutesAgo(stage: Stage, minutes: number): Promise<void> {
  await stage.standins.control("POST", "/clock", { now_ms: Date.now() - 60_000 * minutes });
}

journey("failed sign-ins are explained, one is put right", async (step) => {
  await using stage = await launch({ standins: { users: 40 } });
  await minutesAgo(stage, 90);
  const { user } = await stage.installation.mailboxUser();
  const witness = await stage.open("mailcow");
  const authentik = await stage.open("authentik");
  const panel = await stage.clickToolbar(authentik);

  let form = witness;
  await step("both products are prepared", async () => {
    form = await actions.setUpBoth(stage, panel);
  });

  await step("nothing has failed yet, and what that means is said", async () => {
    await panel.go(text("section_check"));
    await panel.says(text("signins_lead"));
    await panel.press(text("signins_explain"));
    await panel.says(text("signins_none"));
    await panel.says(text("signins_unseen"));
    await panel.assertAccessible();
    await panel.shot("sign-ins-none", { height: 1100 });
  });

  await step("four ways to fail are told apart", async () => {
    await minutesAgo(stage, 65);
    await mistyped(stage);
    await minutesAgo(stage, 20);
    await stage.standins.control("POST", "/fault", { upstream: "proxy_page" });
    await refused(stage);
    await stage.standins.control("POST", "/fault", { clear: {} });
    await minutesAgo(stage, 4);
    await store(witness, { client_secret: "not this one" });
    await refused(stage);
    await refused(stage);
    await panel.press(text("signins_again"));
    await panel.says(counted("signins_found", 3));
    await panel.says(finding("password_refused_by_authentik", { username: user }));
    await panel.says(finding("server_got_no_json"));
    await panel.says(finding("credentials_wrong_secret"));
    await panel.says(String(text("signins_when_other", { count: 2 }).split(",")[0]));
    await panel.assertAccessible();
    await panel.shots("sign-ins", { height: 1700 });
    const got = (await panel.texts("cb-steps")).map((steps) => steps.split(text("step_stopped")).length - 1);
    assert.deepEqual(got, [1, 1, 1], (await panel.texts("cb-steps")).join(" | "));
  });

  await step("the secret is put right where the panel leads to, and the next sign-in goes through", async () => {
    await panel.click(
      `>>> cb-button::-p-text(${JSON.stringify(text("check_go", { section: text("section_mailcow") }))})`,
    );
    await panel.find(">>> cb-diff");
    await actions.saveForMe(stage, panel, form);
    await minutesAgo(stage, 0);
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    await panel.go(text("section_check"));
    await panel.press(text("signins_again"));
    await panel.says(text("signins_since"));
    await panel.says(counted("signins_others", 1));
    await panel.shots("sign-ins-since", { height: 1700 });
  });

  await step(
    "a refused owner who was not chosen gets in after the mailbox is switched, where the refusal is explained",
    async () => {
      const person = await owner(authentik, witness);
      const page = await stage.stranger();
      const { mailcow } = stage.installation.origins;
      await signIn(page, mailcow, person, "refused");
      await panel.press(text("signins_again"));
      await panel.says(finding("mailbox_has_password"));
      await panel.press(`${text("switch")} ${person.email}`);
      await panel.says(text("switch_question", { address: person.email }));
      await panel.confirm();
      await panel.until(() => isInView(panel, counted("switched", 1)));
      await panel.says(text("signins_switched"));
      await panel.shots("sign-ins-switched");
      await signIn(page, mailcow, person, "mailbox");
      await page.browserContext().close();
    },
  );

  await step("a switch that a colleague was quicker with says that there was nothing to do", async () => {
    const person = await owner(authentik, witness);
    const page = await stage.stranger();
    await signIn(page, stage.installation.origins.mailcow, person, "refused");
    await page.browserContext().close();
    await panel.press(text("signins_again"));
    await panel.says(person.email);
    await ask(witness, "/api/v1/edit/mailbox", "POST", { items: [person.email], attr: { authsource: "generic-oidc" } });
    await panel.press(`${text("switch")} ${person.email}`);
    await panel.confirm();
    await panel.says(text("switched_none"));
  });
});
