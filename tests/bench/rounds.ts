/** What passes between browser and authentik until the plan can be seen. */

import { text } from "../e2e/harness/messages.ts";
import { launch } from "../e2e/harness/stage.ts";
import { type Exchange, Traffic } from "../e2e/harness/traffic.ts";
import type { Figure } from "./figure.ts";

/** Milliseconds that pass before each answer, so that what was sent together can be told from what waited for an answer. */
const DELAY = 150;

const isUsers = ({ path }: Exchange): boolean => path.startsWith("/api/v3/core/users/?");

export async function rounds(): Promise<Figure[]> {
  await using stage = await launch({ standins: { users: 200, halfMade: true, delay: DELAY } });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.press(text("setup_use"));
  await panel.says(text("setup_existing"));
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  const before = traffic.exchanges.filter((exchange) => !isUsers(exchange));
  return [
    { name: "sequential round trips until the plan, before users", value: longestChain(before), unit: "", atMost: 2 },
    { name: "requests until the plan, without the pages of users", value: before.length, unit: "" },
    { name: "pages of users until the plan, of 202 users", value: traffic.exchanges.filter(isUsers).length, unit: "" },
  ];
}

/** The longest chain of exchanges each of which began after the one before had ended. */
function longestChain(exchanges: Exchange[]): number {
  const depths: { end: number; depth: number }[] = [];
  for (const { started, ended = Number.POSITIVE_INFINITY } of exchanges.toSorted((a, b) => a.started - b.started)) {
    const before = depths.filter(({ end }) => end <= started).map(({ depth }) => depth);
    depths.push({ end: ended, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
}
