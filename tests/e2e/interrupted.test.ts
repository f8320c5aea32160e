/** A run that something ends in the middle of the users: it says so, goes on without doing anything twice, and can be undone. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { type AuthentikState, authentikState, type Entry } from "./harness/witness.ts";

/** Long enough that a run can be caught in its middle, short enough not to be waited for. */
const DELAY_MS = 60;
const USERS = 240;

interface Scene {
  stage: Stage;
  /** The tab that the run goes through. */
  tab: Page;
  panel: Panel;
  /** Lets the proof see what another tab sends. */
  follow: (tab: Page) => void;
}

/** Ends the run in its own way; gives the panel, and the words on the button that leads on. */
type Interruption = (scene: Scene) => Promise<{ panel: Panel; goOn: string }>;

interrupted("the tab is reloaded", async ({ stage, tab, panel }) => {
  await tab.reload();
  await panel.says(finding("send_tab_gone"));
  await panel.assertAccessible();
  await panel.shots("interrupted-reloaded");
  await stage.clickToolbarAgain(tab);
  return { panel, goOn: text("go_on") };
});

interrupted("the tab is closed", async ({ stage, tab, panel, follow }) => {
  await tab.close();
  await panel.says(finding("send_tab_gone"));
  await panel.says(text("lost_closed"));
  await panel.assertAccessible();
  await panel.shots("interrupted-closed");
  const next = await stage.open("authentik");
  follow(next);
  await stage.clickToolbar(next);
  return { panel, goOn: text("go_on") };
});

interrupted("the session ends", async ({ stage, tab, panel }) => {
  await stage.standins.control("POST", "/fault", {
    browser: { product: "authentik", path: "/api/", kind: "signed_out" },
  });
  await panel.says(finding("authentik_not_signed_in"));
  await panel.assertAccessible();
  await panel.shots("interrupted-signed-out");
  await stage.standins.control("POST", "/fault", { clear: {} });
  await stage.clickToolbar(tab);
  return { panel, goOn: text("go_on") };
});

interrupted("the panel is closed", async ({ stage, tab, panel }) => {
  await panel.close();
  return { panel: await stage.clickToolbar(tab), goOn: text("setup_show") };
});

interrupted("the administrator cancels", async ({ panel }) => {
  await panel.press(text("cancel"));
  await panel.says(finding("send_stopped"));
  await panel.shots("interrupted-cancelled");
  return { panel, goOn: text("go_on") };
});

function interrupted(what: string, interrupt: Interruption): void {
  journey(`in the middle of the users ${what}`, async (step) => {
    await using stage = await launch({ standins: { users: USERS, delay: DELAY_MS } });
    const witness = await stage.open("authentik");
    const before = await authentikState(witness);
    const tab = await stage.visit(witness.url());
    const traffics = [Traffic.of(tab)];
    let panel = await stage.clickToolbar(tab);
    let goOn = "";

    await step("it stops where it was, and says so", async () => {
      await startRun(stage, panel);
      ({ panel, goOn } = await interrupt({ stage, tab, panel, follow: (tab) => traffics.push(Traffic.of(tab)) }));
      const now = await authentikState(witness);
      assert.ok(verified(now) > verified(before), "no user is written");
      assert.notEqual(left(now).length, 0, "no user is left");
    });

    await step("it goes on without doing anything twice", async () => {
      await panel.press(goOn);
      await apply(panel);
      await panel.says(text("done_all"));
      const accepted = traffics
        .flatMap(({ writes }) => writes)
        .filter(({ status }) => status === 200 || status === 201);
      const paths = accepted.filter(({ method }) => method === "PATCH").map(({ path }) => path);
      assert.deepEqual(paths.toSorted(), [...new Set(paths)].toSorted(), "something was written twice");
      const after = await authentikState(witness);
      assert.equal(after.providers.length, before.providers.length + 1);
      assert.equal(after.applications.length, before.applications.length + 1);
      assert.deepEqual(left(after), []);
    });

    await step("both parts of it are undone together", async () => {
      await panel.press(text("undo"));
      await panel.confirm();
      await panel.says(text("undo_done"));
      assert.deepEqual(await authentikState(witness), before);
    });
  });
}

/** Plans, applies, and waits until some users are written. */
async function startRun(stage: Stage, panel: Panel): Promise<void> {
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.press(text("setup_show"));
  await apply(panel);
  await panel.until(async () => usersDone(await panel.texts("cb-row")) > 10);
}

async function apply(panel: Panel): Promise<void> {
  await panel.find(">>> cb-summary");
  await panel.click(">>> cb-button.grow");
}

/** How many users the panel says are done. */
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
/** The users that a run has still to write. */
const left = (state: AuthentikState): Entry[] =>
  state.users.filter((user) => shouldBeVerified(user) && !isVerified(user));
