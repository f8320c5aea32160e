/** `email_verified` for 5,000 users, compared with the same number of plain fetches from the same page. */

import assert from "node:assert/strict";

import { text } from "../e2e/harness/messages.ts";
import { launch } from "../e2e/harness/stage.ts";
import { Traffic } from "../e2e/harness/traffic.ts";
import { ask } from "../e2e/harness/witness.ts";
import type { Figure } from "./figure.ts";

/** At least 5,000 of so many are active people with an address who do not have it yet. */
const USERS = 5_700;
const LEAST = 5_000;
const CONCURRENCY = 6;

export async function bulk(): Promise<Figure[]> {
  await using stage = await launch({ standins: { users: USERS } });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  // Long runs are counted, not waited for by the usual time limit.
  panel.page.setDefaultTimeout(600_000);
  await panel.pressMain();
  await panel.says(text("done_all"));
  const writes = traffic.writes.filter(({ path }) => path.startsWith("/api/v3/core/users/"));
  assert.ok(writes.length >= LEAST, `${writes.length} users were written`);
  const took = Math.max(...writes.map(({ ended = NaN }) => ended)) - Math.min(...writes.map(({ started }) => started));

  const bodies = await Promise.all(writes.slice(0, 1).map(({ path }) => ask<{ attributes: unknown }>(tab, path)));
  const plainTook = await tab.evaluate(plainFetches, writes.map(({ path }) => path), JSON.stringify({ attributes: bodies[0]?.attributes }), CONCURRENCY);
  const perSecond = (milliseconds: number): number => (1000 * writes.length) / milliseconds;
  return [
    { name: `email_verified for ${writes.length} users`, value: perSecond(took), unit: "users/s" },
    { name: "plain fetches, as many at a time", value: perSecond(plainTook), unit: "users/s" },
    { name: "speed as a ratio to plain fetches", value: plainTook / took, unit: "", atLeast: 0.9 },
  ];
}

/** In the page: the same writes with nothing around them; gives milliseconds. */
async function plainFetches(paths: string[], body: string, concurrency: number): Promise<number> {
  const [, csrf = ""] = /authentik_csrf=([^;]*)/.exec(document.cookie) ?? [];
  const headers = { "Content-Type": "application/json", "X-authentik-CSRF": csrf };
  const left = paths.values();
  const begin = performance.now();
  const worker = async (): Promise<void> => {
    for (const path of left) {
      const answer = await fetch(path, { method: "PATCH", headers, body });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return performance.now() - begin;
}
