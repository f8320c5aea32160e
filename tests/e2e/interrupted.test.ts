/**
 * A run that is interrupted in the middle of the users: the panel reports it, continues without repeating anything, and can undo
 * it.
 */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { type AuthentikState, authentikState, type Entry } from "./harness/witness.ts";

/** Long enough to interrupt a run in the middle, short enough not to delay the tests. */
const DELAY_MS = 60;
const USERS = 240;

interface Scene {
  stage: Stage;
  /** The tab that the run uses. */
  tab: Page;
  panel: Panel;
}

/** What has changed after an interruption: the panel, its tab, or the label of the button to continue with. */
type Interruption = (scene: Scene) => Promise<Partial<{ panel: Panel; tab: Page; goOn: string }>>;

const INTERRUPTIONS: Readonly<Record<string, Interruption>> = {
  "the tab is reloaded": async ({ stage, tab, panel }) => {
    await tab.reload();
    await panel.says(finding("send_tab_gone"));
    await panel.assertAccessible();
    await panel.shots("interrupted-reloaded");
    await stage.clickToolbarAgain(tab);
    return {};
  },

  "the tab is closed": async ({ stage, tab: closed, panel }) => {
    await closed.close();
    await panel.says(finding("send_tab_gone"));
    await panel.says(text("lost_closed"));
    await panel.shots("interrupted-closed");
    const tab = await stage.open("authentik");
    await stage.clickToolbar(tab);
    return { tab };
  },

  "the session ends": async ({ stage, tab, panel }) => {
    await stage.standins.control("POST", "/fault", {
      browser: { product: "authentik", path: "/api/", kind: "signed_out" },
    });
    await panel.says(finding("authentik_not_signed_in"));
    await panel.shots("interrupted-signed-out");
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.clickToolbar(tab);
    return {};
  },

  "the administrator cancels": async ({ panel }) => {
    await panel.press(text("cancel"));
    await panel.says(finding("send_cancelled"));
    await panel.shots("interrupted-cancelled");
    return {};
  },

  "the panel is closed": async ({ stage, tab, panel }) => {
    await panel.close();
    return { panel: await stage.clickToolbar(tab), goOn: text("setup_show") };
  },
};

journey(
  "a run that ends in the middle of the users goes on without doing anything twice, and is undone",
  async (step) => {
    await using stage = await launch({ standins: { users: USERS, delay: DELAY_MS } });
    const witness = await stage.open("authentik");
    const before = await authentikState(witness);
    let tab = await stage.visit(witness.url());
    let panel = await stage.clickToolbar(tab);
    await panel.says(text("setup_title"));

    for (const [what, interrupt] of Object.entries(INTERRUPTIONS)) {
      await step(what, async () => {
        const traffics = new Map([[tab, Traffic.of(tab)]]);
        await startRun(stage, panel);
        const then = { panel, tab, goOn: text("go_on"), ...(await interrupt({ stage, tab, panel })) };
        ({ panel, tab } = then);
        if (!traffics.has(tab)) traffics.set(tab, Traffic.of(tab));
        const now = await authentikState(witness);
        assert.ok(verified(now) > verified(before), "no user is written");
        assert.notEqual(left(now).length, 0, "no user is left");

        await panel.press(then.goOn);
        await apply(panel);
        await panel.says(text("done_all"));
        const writes = [...traffics.values()].flatMap(({ writes }) => writes);
        const accepted = writes.filter(({ status }) => status === 200 || status === 201);
        const paths = accepted.filter(({ method }) => method === "PATCH").map(({ path }) => path);
        assert.deepEqual(paths.toSorted(), [...new Set(paths)].toSorted(), "something was written twice");
        const after = await authentikState(witness);
        assert.equal(after.providers.length, before.providers.length + 1);
        assert.equal(after.applications.length, before.applications.length + 1);
        assert.deepEqual(left(after), []);

        await panel.press(text("undo"));
        await panel.confirm();
        await panel.says(text("undo_done"));
        assert.deepEqual(await authentikState(witness), before);
      });
    }
  },
);

/** Plans, applies, and waits until some users are written. */
async function startRun(stage: Stage, panel: Panel): Promise<void> {
  await panel.go(text("section_setup"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.press(text("setup_show"));
  await apply(panel);
  await panel.until(async () => usersDone(await panel.texts("cb-row")) > 10);
}

async function apply(panel: Panel): Promise<void> {
  await panel.find(">>> cb-summary");
  await panel.click(">>> cb-button.grow");
}

/** Returns how many users are done according to the panel. */
function usersDone(rows: string[]): number {
  const [before, after] = text("run_users", { total: "(" }).split(/\{done\}|\(/);
  const line = rows.find((row) => row.startsWith(before ?? "")) ?? "";
  return Number.parseInt(line.slice(before?.length).split(after ?? "")[0] ?? "", 10) || 0;
}

const attributes = (user: Entry): Entry => user["attributes"] as Entry;
const isVerified = (user: Entry): boolean => attributes(user)["email_verified"] === true;
const shouldBeVerified = (user: Entry): boolean =>
  user["is_active"] === true && user["type"] === "internal" && user["email"] !== "";
const verified = (state: AuthentikState): number => state.users.filter(isVerified).length;
/** Returns the users that a run still has to write. */
const left = (state: AuthentikState): Entry[] =>
  state.users.filter((user) => shouldBeVerified(user) && !isVerified(user));
