/** Ten thousand users: the list stays fast, the time is stated in advance, and the run can be cancelled. */

import assert from "node:assert/strict";

import { journey } from "./harness/journey.ts";
import { counted, finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";

const USERS = 10_000;

/** Maximum number of concurrent requests. */
const CONCURRENCY = 6;

/** Rows that may exist at a time, regardless of the length of the list. */
const ROWS = 40;

journey("ten thousand users", async (step) => {
  await using stage = await launch({ standins: { users: USERS } });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);

  await step("they are listed, scrolled and searched without a row too many; the plan recommends a group", async () => {
    await panel.says(text("setup_title"));
    // The users are still being read: the choice waits for them.
    await panel.choose(text("audience_users"));
    await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
    await panel.says(
      text("audience_counts", { total: USERS + 2, change: 8_402, keep: 200 })
        .split(" · ")[0]
        ?.split(" of ")[1] ?? "",
    );
    await panel.says(counted("list_all", USERS + 2));
    const rows = (): Promise<string[]> => panel.texts("cb-list >>> .row");
    const [first] = await rows();
    assert.ok((await rows()).length <= ROWS);
    const scroller = await panel.find(">>> cb-list >>> .scroller");
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await panel.until(async () => (await rows()).at(-1) !== undefined && (await rows())[0] !== first);
    assert.ok((await rows()).length <= ROWS);
    const last = await panel.page.$eval(">>> cb-list >>> .row:last-child", (row) => row.getAttribute("aria-posinset"));
    assert.equal(last, String(USERS + 2));
    await panel.shots("setup-users-10000");
    await panel.type(text("list_search", { list: text("users") }), "akadmin", "searchbox");
    await panel.says(counted("list_found", 1));
    await panel.click(">>> cb-list >>> .row");
    await panel.find(">>> cb-list >>> .picked");
    await panel.assertAccessible();
    await panel.choose(text("audience_all"));
    await panel.press(text("setup_show"));
    await panel.says(
      text("plan_group_recommended_note", { group: "staff", members: counted("groups_members", 9_800) }),
    );
    await panel.assertAccessible();
    await panel.shots("plan-10000");
    assert.deepEqual(traffic.writes, []);
  });

  await step("a run is stopped, and nothing is sent after that", async () => {
    await panel.click(">>> cb-button.grow");
    await panel.until(async () => traffic.writes.length > 100);
    await panel.shots("running-10000");
    await panel.press(text("cancel"));
    await panel.says(finding("send_cancelled"));
    const sent = traffic.writes.length;
    assert.ok(sent < USERS / 2, `${sent} of ${USERS}`);
    await panel.press(text("go_on"));
    await panel.find(">>> cb-summary");
    assert.equal(traffic.writes.length, sent);
    const unanswered = traffic.writes.filter(({ status }) => status !== 200 && status !== 201);
    assert.ok(unanswered.length <= CONCURRENCY, `${unanswered.length} were under way`);
  });

  await step("an attribute on a group does the same with one request", async () => {
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    await panel.go(text("section_setup"));
    await panel.click(">>> cb-disclosure >>> summary");
    await panel.choose(text("how_group"));
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    const before = traffic.writes.length;
    await panel.shots("plan-group");
    await panel.click(">>> cb-button.grow");
    await panel.says(text("done_all"));
    const users = traffic.writes.slice(before).filter(({ path }) => path.includes("/core/users/"));
    const groups = traffic.writes.slice(before).filter(({ path }) => path.includes("/core/groups/"));
    assert.deepEqual([users.length, groups.length], [0, 1]);
  });
});
