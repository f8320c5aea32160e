/** `email_verified` for 5,000 users, compared with the same number of plain fetches from the same page. */

import assert from "node:assert/strict";

import { text } from "../e2e/harness/messages.ts";
import { launch } from "../e2e/harness/stage.ts";
import { type Exchange, Traffic } from "../e2e/harness/traffic.ts";
import { type Figure, median } from "./figure.ts";
import { plainFetches } from "./plain.ts";
import { applied, planned } from "./whole.ts";

/** At least 5,000 of so many are active people with an address who do not have it yet. */
const USERS = 5_700;
const LEAST = 5_000;
const CONCURRENCY = 6;

/** What each write says. */
const BODY = JSON.stringify({ attributes: { email_verified: true } });

/** How often both are measured in turn, so that whatever else the machine does meets both. */
const RUNS = 3;

/** Writes that begin after a page was asked for, among which the last of the page before is (`AFTER_READ` in src/plan/bulk.rs). */
const AROUND_END = 18;

interface Run {
  users: number;
  /** Milliseconds from the first write to the last answer. */
  took: number;
  /** The same for plain fetches. */
  plain: number;
  /** Milliseconds for which no write begins around the end of a page of users, median. */
  pause: number;
}

export async function bulk(): Promise<Figure[]> {
  const runs: Run[] = [];
  while (runs.length < RUNS) runs.push(await run());
  const middle = (value: (run: Run) => number): number => median(runs.map(value));
  return [
    {
      name: `email_verified for ${runs[0]?.users} users, median of ${RUNS}`,
      value: middle(({ users, took }) => (1000 * users) / took),
      unit: "users/s",
    },
    {
      name: "plain fetches, as many at a time",
      value: middle(({ users, plain }) => (1000 * users) / plain),
      unit: "users/s",
    },
    {
      name: "speed as a ratio to plain fetches, within each run",
      value: middle(({ took, plain }) => plain / took),
      unit: "",
      // It was 0.82 and 0.97 in two runs on one machine: a page of users takes only 200 milliseconds here.
      atLeast: 0.75,
    },
    {
      name: "around the end of a page of users no write begins for, median",
      value: middle(({ pause }) => pause),
      unit: "ms",
    },
  ];
}

async function run(): Promise<Run> {
  await using stage = await launch({ standins: { users: USERS } });
  const { tab, panel } = await planned(stage);
  const traffic = Traffic.of(tab);
  await applied({ tab, panel });
  await panel.says(text("done_all"));
  const writes = traffic.writes.filter(({ path }) => path.startsWith("/api/v3/core/users/"));
  const paths = writes.map(({ path }) => path);
  assert.ok(paths.length >= LEAST, `${paths.length} users were written`);
  const took =
    Math.max(...writes.map(({ ended = Number.NaN }) => ended)) - Math.min(...writes.map(({ started }) => started));
  const pause = pauseOf(writes, traffic.exchanges);
  return { users: paths.length, took, pause, plain: await tab.evaluate(plainFetches, paths, CONCURRENCY, BODY) };
}

/** The next page is read shortly before the last users of the page before are written. */
function pauseOf(writes: readonly Exchange[], all: readonly Exchange[]): number {
  const begins = writes.map(({ started }) => started).sort((one, other) => one - other);
  const first = begins[0] ?? Number.NaN;
  const pages = all.filter(({ path, started }) => path.startsWith("/api/v3/core/users/?") && started > first);
  return median(
    pages.map((page) => {
      const next = begins.filter((begin) => begin > page.started).slice(0, AROUND_END);
      return Math.max(...next.slice(1).map((begin, at) => begin - (next[at] ?? begin)));
    }),
  );
}
