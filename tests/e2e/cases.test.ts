/** The cases of docs/contract/e2e.md, each tried for real: refused as recorded, explained, put right, tried again. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as acts from "./harness/acts.ts";
import { made, OWN_QUOTA, type Person, QUOTA, REFUSED, type Refused, Scene, SIGNED_IN } from "./harness/cases.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { endsAt, refusals, signIn } from "./harness/sign-ins.ts";
import { launch } from "./harness/stage.ts";
import type { Entry } from "./harness/witness.ts";

/** The first authentik whose providers have grant types to choose. */
const AUTHENTIK = "2026.5";

/** The group of everybody at the simulated authentik. */
const EVERYBODY = "staff";

/** Minutes from one case to the next: more than a sign-in may take, so that no log could be taken for another's. */
const APART = 11;

journey(
  "each sign-in of the contract ends as recorded; whoever was refused gets in once the remedy is taken",
  async (step) => {
    await using stage = await launch({ standins: { authentik: AUTHENTIK, users: 70 } });
    const scene = await Scene.of(stage);
    const { mailcow } = stage.installation.origins;
    const panel = await stage.clickToolbar(await stage.visit(`${stage.installation.origins.authentik}/if/admin/`));

    let form = scene.mailcow;
    await step("both products are connected, and checked", async () => {
      await scene.minutesAgo(APART * (REFUSED.length + 2));
      await acts.describeSetup(stage, panel);
      await panel.choose(text("audience_all"));
      await acts.planAndApply(panel);
      form = await acts.goToMailcow(stage, panel);
      await acts.saveForMe(stage, panel, form);
      await panel.press(text("mailcow_check"));
      await settled(panel);
      await panel.press(text("signins_explain"));
      await panel.says(text("signins_none"));
    });

    let minutes = APART * (REFUSED.length + 1);
    for (const refused of REFUSED) {
      await step(refused.name, async () => {
        await scene.minutesAgo((minutes -= APART));
        const person = scene.next(refused.owner === true);
        const before = await refusals(scene.mailcow);
        await refused.spoil(scene, person);
        const page = await stage.stranger();
        await signIn(page, mailcow, person, refused.ending);
        const written = (await refusals(scene.mailcow)).filter(({ id }) => before.every((other) => other.id !== id));
        const who = refused.who?.(person) ?? person.email;
        assert.deepEqual(
          written.map(({ address, reason }) => ({ address, reason: reason.slice(0, refused.log?.reason.length) })),
          refused.log ? [{ address: refused.log.named ? who : undefined, reason: refused.log.reason }] : [],
        );
        const words = { ...(await refused.facts?.(scene, person)) };
        await explained(panel, refused, who, words);
        await mend(panel, form, scene, refused, person, who, words);
        await signIn(page, mailcow, person, "mailbox");
        await page.browserContext().close();
        if (refused.mending.by === "save" && refused.mending.template !== undefined)
          has(await scene.mailboxOf(person), { quota: QUOTA[refused.mending.template] });
      });
    }

    let others = 0;
    await step("what was tried so far is counted", async () => {
      await panel.go(text("place_check"));
      await settled(panel);
      await panel.until(async () => {
        others = await notRefused(panel);
        return others > 0;
      });
    });

    const inside: Person[] = [];
    const tally = async (more: number): Promise<void> => {
      others += more;
      await panel.until(async () => (await notRefused(panel)) === others);
      const listed = (await panel.texts("cb-row")).map(squeezed);
      assert.ok(listed.length > 0);
      assert.deepEqual(
        inside.filter(({ user }) => listed.some((row) => row.includes(user))),
        [],
      );
    };
    await step(
      "b, b2: a new mailbox from the default template, and the same user again; o, q1, o2: sign-outs, and no question after one",
      async () => {
        await scene.minutesAgo(0);
        const person = scene.next(false);
        for (const again of [false, true]) {
          const page = await stage.stranger();
          assert.ok(await signIn(page, mailcow, person, "mailbox"));
          has(await scene.mailboxOf(person), made(person));
          if (again) await signOut(page, scene, person);
          await page.browserContext().close();
        }
        inside.push(person);
        // One of the three follows on the sign-out, which neither side counts.
        await tally(3);
      },
    );

    const stored = await scene.settings();
    const { property_mappings, redirect_uris, signing_key, authorization_flow, grant_types } = await scene.provider();
    for (const signedIn of SIGNED_IN) {
      await step(signedIn.name, async () => {
        const person = scene.next(signedIn.owner === true);
        if (signedIn.owner === true)
          await scene.mailbox(person, { authsource: "generic-oidc", quota: String(OWN_QUOTA) });
        const before = signedIn.owner === true ? await scene.mailboxOf(person) : made(person);
        await signedIn.prepare(scene, person);
        const page = await stage.stranger();
        if (signedIn.consent === undefined) await signIn(page, mailcow, person, "mailbox");
        else {
          await signIn(page, mailcow, person, { authentik: signedIn.consent });
          await page.locator("button::-p-text(Continue)").click();
          await endsAt(page, mailcow, "mailbox");
        }
        assert.equal(
          await page.$eval("#user", ({ textContent }) => textContent),
          signedIn.shown?.(person) ?? person.email,
        );
        await signedIn.staying?.(scene, person, page);
        await page.browserContext().close();
        inside.push(person);
        has(await scene.mailboxOf(person), {
          authsource: before["authsource"],
          name: before["name"],
          quota: before["quota"],
          ...signedIn.mailbox?.(person),
        });
        if (signedIn.warning) await warned(panel, signedIn.warning, person);
        await scene.store({ mappers: [], templates: [], ...stored });
        await scene.provide({ property_mappings, redirect_uris, signing_key, authorization_flow, grant_types });
      });
    }
    await step("whoever got in is counted", () => tally(SIGNED_IN.length));
  },
);

/** How many sign-ins the panel says were not refused, after it explained again; 0 where it does not say. */
async function notRefused(panel: Panel): Promise<number> {
  await panel.press(text("signins_again"));
  await panel.named("button", text("signins_again"));
  const said = new RegExp(text("signins_others_other", { count: "(\\d+)" }));
  return Number(said.exec((await panel.texts("p.lead")).join(" "))?.[1] ?? 0);
}

/** A sign-out at mailcow leaves the session at authentik, and the other way round; authentik's events have neither. */
async function signOut(page: Page, scene: Scene, person: Person): Promise<void> {
  const { mailcow, authentik } = scene.stage.installation.origins;
  const { slug } = await scene.application();
  const before = await scene.events(person);
  await page.goto(`${mailcow}/user`);
  await Promise.all([page.waitForNavigation(), page.locator("#logout button").click()]);
  await page.waitForSelector('[name="login_user"]');
  assert.deepEqual(await scene.events(person), before);
  assert.equal(await signIn(page, mailcow, person, "mailbox"), false);
  const signedIn = ["authorize_application", ...before];
  assert.deepEqual(await scene.events(person), signedIn);
  await page.goto(`${authentik}/application/o/${String(slug)}/end-session/`);
  await page.waitForSelector("::-p-text(You've logged out of)");
  await page.goto(`${mailcow}/SOGo/so/`);
  await endsAt(page, mailcow, "mailbox");
  assert.deepEqual(await scene.events(person), signedIn);
}

/** Waits until the check warns, or what is said of somebody does. */
async function warned(
  panel: Panel,
  { code, asked }: { code: string; asked: boolean },
  { user }: Person,
): Promise<void> {
  await checkAgain(panel);
  if (asked) {
    await panel.type(text("readiness_address"), user);
    await panel.press(text("readiness_ask"));
  }
  await panel.says(finding(code));
}

/** A mailbox has these members. */
function has(mailbox: Entry, members: Entry): void {
  assert.deepEqual(Object.fromEntries(Object.keys(members).map((name) => [name, mailbox[name]])), members);
}

/** Waits until the check is done, with everybody counted. Where mailcow's page was read again since, it is asked for. */
async function settled(panel: Panel): Promise<void> {
  await panel.until(async () => {
    const [label] = await panel.texts("button.main");
    if (label === text("check_run")) await panel.pressMain();
    return label === text("check_again") && (await panel.page.$(">>> cb-filter")) !== null;
  });
}

/** Checks anew. */
async function checkAgain(panel: Panel): Promise<void> {
  await panel.go(text("place_check"));
  await settled(panel);
  await panel.press(text("check_again"));
  await settled(panel);
}

type Words = Readonly<Record<string, string>>;

/** Waits until the panel says why, and what to do. */
async function explained(panel: Panel, { said, code }: Refused, who: string, words: Words): Promise<void> {
  if (said === "check") {
    await checkAgain(panel);
    return panel.says(finding(code, words));
  }
  await panel.go(text("place_check"));
  await settled(panel);
  const expected = [finding(code, words), finding(`${code}_remedy`)].map(squeezed);
  const [where, about] =
    said === "silent" ? ["cb-card", [squeezed(text("signins_silent"))]] : ["cb-row", [squeezed(who)]];
  // mailcow's page may be loading again, and then its log cannot be read.
  await panel.until(async () => {
    await panel.press(text("signins_again"));
    await panel.named("button", text("signins_again"));
    const shown = (await panel.texts(where)).map(squeezed);
    return shown.some((shown) => [...expected, ...about].every((words) => shown.includes(words)));
  });
}

const squeezed = (words: string): string => words.replace(/\s/g, "");

/** Takes the remedy. */
async function mend(
  panel: Panel,
  form: Page,
  scene: Scene,
  refused: Refused,
  person: Person,
  who: string,
  words: Words,
): Promise<void> {
  const { mending } = refused;
  const lead = async (place: "setup" | "plan" | "mailcow"): Promise<void> => {
    const label = text("check_go", { place: text(`place_${place}`) });
    if (refused.said === "attempt") await panel.press(`${label} ${who}`);
    else await panel.click(`>>> cb-finding::-p-text(${JSON.stringify(finding(refused.code, words))}) >>> cb-button`);
  };
  const apply = async (): Promise<void> => {
    await panel.find(">>> cb-summary");
    await panel.pressMain();
    await panel.says(text("done_all"));
  };
  const access = `>>> cb-choice::-p-text(${JSON.stringify(text("setup_access"))})`;
  if (typeof mending.by === "function") return mending.by(scene, person);
  switch (mending.by) {
    case "save":
      await lead("mailcow");
      if (mending.template !== undefined) await panel.page.locator(">>> cb-select >>> select").fill(mending.template);
      return acts.saveForMe(scene.stage, panel, form);
    case "save_to_plan":
      await lead("mailcow");
      await panel.press(text("setup_show"));
      return apply();
    case "plan":
      await lead("plan");
      return apply();
    case "switch":
      await panel.press(`${text("switch")} ${who}`);
      await panel.confirm();
      return panel.says(text("switched_one", { count: 1 }));
    case "access":
      await lead("setup");
      await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("setup_options"))})`);
      await panel.click(`${access} >>> label::-p-text(${JSON.stringify(text("access_groups"))})`);
      await panel.click(`>>> cb-list >>> .row::-p-text(${JSON.stringify(EVERYBODY)})`);
      await panel.press(text("setup_show"));
      return apply();
  }
}
