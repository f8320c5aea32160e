/**
 * `email_verified` for a whole directory, in four ways, at the same stand-in in one run: how fast, with how many requests, what is lost
 * when somebody else edits meanwhile, and what a 502 does.
 */

import assert from "node:assert/strict";

import { launch } from "../e2e/harness/stage.ts";
import type { Standins } from "../e2e/harness/standins.ts";
import { type Figure, median, type Result } from "./figure.ts";
import { cowbell } from "./peers/cowbell.ts";
import { fetchLoop } from "./peers/fetch-loop.ts";
import type { Peer, Scene } from "./peers/peer.ts";
import { python } from "./peers/python.ts";

const PEERS = {
  "Python, GET and PATCH in turn": python("turn"),
  "Python, PATCH six at a time": python("six"),
  "fetch in the page, six at a time": fetchLoop,
  Cowbell: cowbell,
} satisfies Record<string, Peer>;

type Name = keyof typeof PEERS;
const NAMES = Object.keys(PEERS) as Name[];

/** Users of authentik; nearly nine of ten need it. */
const USERS = 5_700;
const LEAST = 5_000;

/** Users where also the slowest is measured. */
const FEWER = 600;

/** Milliseconds that pass before each answer: less than any authentik takes, so that what a tool itself costs is seen. */
const DELAY = 20;

/** The same at the pace of a real one, which wrote 13.5 users a second six at a time (docs/contract/README.md). */
const REAL_DELAY = 444;

/** How often all but the slowest are measured in turn, so that whatever else the machine does meets each. */
const ROUNDS = 3;
const SLOWEST: Name = "Python, GET and PATCH in turn";
const LOOP: Name = "fetch in the page, six at a time";

/** Users whom somebody else edits. */
const EDITS = 100;

/** Others write so many users between two edits that go on while they write. */
const EVERY = 5;

/** Writes that pass before a 502. */
const BEFORE_502 = 200;

/** Requests that authentik's API had. */
interface Passed {
  methods: Record<string, number>;
  writingMs: number | null;
}

/** What is ordered when everything is read, right before the first write. */
type Order = (standins: Standins) => Promise<void>;

interface Outcome {
  /** Users who needed it and have it. */
  written: number;
  /** Users who need it and do not have it. */
  left: number;
  /** Edits of the other administrator that are gone. */
  lost: number;
  perSecond: number;
  /** Requests for each user written, with everything that was read for it. */
  requests: number;
  /** The same from the first write on. */
  requestsOfRun: number;
  said: string;
}

type Outcomes = Partial<Record<Name, Outcome>>;

export async function peers(): Promise<Result> {
  const before: Order = (standins) => standins.control("POST", "/colleague", { count: EDITS });
  const others = NAMES.filter((name) => name !== SLOWEST);
  const rounds: Outcomes[] = [];
  for (let begin = 0; begin < ROUNDS; begin++)
    rounds.push(await round(USERS, before, [...others.slice(begin), ...others.slice(0, begin)]));
  const slowest = await round(FEWER, before, [SLOWEST]);
  const during = await round(
    FEWER,
    (standins) => standins.control("POST", "/colleague", { count: EDITS, every: EVERY }),
    NAMES,
  );
  const failing = await round(FEWER, fail502, NAMES);
  const real = await round(FEWER, before, ["Cowbell", LOOP], REAL_DELAY);
  const middle = (name: Name, value: (outcome: Outcome) => number): number =>
    median([...rounds, slowest].flatMap(({ [name]: outcome }) => (outcome ? [value(outcome)] : [])));
  const rate = (name: Name): number => middle(name, ({ perSecond }) => perSecond);
  const lost = (name: Name): number => middle(name, (outcome) => outcome.lost);
  for (const { Cowbell } of rounds)
    assert.ok((Cowbell?.written ?? 0) >= LEAST, `only ${Cowbell?.written} were written`);
  for (const name of NAMES)
    assert.equal(
      middle(name, ({ left }) => left),
      0,
      `${name} left some`,
    );
  const ratio = (all: Outcomes): number => rateOf(all.Cowbell) / rateOf(all[LOOP]);
  const figures: Figure[] = [
    { name: "Cowbell as a ratio to fetch, six at a time", value: median(rounds.map(ratio)), unit: "" },
    { name: "the same at the pace of a real authentik", value: ratio(real), unit: "", atLeast: 0.95 },
    {
      name: "its requests a user, from the first write on",
      value: middle("Cowbell", ({ requestsOfRun }) => requestsOfRun),
      unit: "",
      atMost: 1.02,
    },
    { name: "its lost updates, edited after it had read", value: lost("Cowbell"), unit: "", atMost: 0 },
    { name: "its users left after a 502", value: failing.Cowbell?.left ?? Number.NaN, unit: "", atMost: 0 },
  ];
  const rows = NAMES.map((name) => [
    name,
    rate(name).toFixed(0),
    middle(name, ({ requests }) => requests).toFixed(2),
    `${lost(name)} of ${EDITS}`,
    `${during[name]?.lost} of ${EDITS}`,
    ending(failing[name]),
  ]);
  const columns = [
    "",
    "users a second",
    "requests a user",
    "lost: edited after reading",
    "lost: edited while it writes",
    `a 502 after ${BEFORE_502} writes`,
  ];
  return { figures, tables: [{ columns, rows }] };
}

function rateOf(outcome: Outcome | undefined): number {
  return outcome?.perSecond ?? Number.NaN;
}

function ending(outcome: Outcome | undefined): string {
  if (!outcome) return "";
  const { left, said } = outcome;
  if (left === 0) return said === "" ? "goes on; nobody is left" : `goes on; nobody is left; says: ${said}`;
  return `users left: ${left}; ${said === "" ? "says nothing" : `says: ${said}`}`;
}

function fail502(standins: Standins): Promise<void> {
  const fault = { product: "authentik", method: "PATCH", path: "/api/v3/core/users/", skip: BEFORE_502, count: 1 };
  return standins.control("POST", "/fault", { browser: { ...fault, kind: "status", status: 502 } });
}

/** Some of the peers at one stand-in, in this order. */
async function round(users: number, order: Order, names: Name[], delay = DELAY): Promise<Outcomes> {
  await using stage = await launch({ standins: { users, delay } });
  const outcomes: Outcomes = {};
  for (const name of names) {
    await stage.standins.control("POST", "/reset", {});
    const { token } = await stage.standins.control<{ token: string }>("POST", "/token", { user: "akadmin" });
    const { port } = new URL(stage.installation.origins.authentik);
    const outcome = await play(PEERS[name], { stage, api: `http://127.0.0.1:${port}`, token }, order);
    outcomes[name] = outcome;
    console.log(`  ${name}: ${outcome.written} users, ${outcome.perSecond.toFixed(0)} a second`);
  }
  return outcomes;
}

async function play(peer: Peer, scene: Scene, order: Order): Promise<Outcome> {
  const { standins } = scene.stage;
  const passed = (): Promise<Passed> => standins.control<Passed>("GET", "/passed");
  const needed = (await users(scene)).filter(needsIt).length;
  const own = await count(passed);
  let read = 0;
  const said = await peer(scene, async () => {
    read = await count(passed);
    await order(standins);
  });
  const all = await count(passed);
  const { writingMs } = await passed();
  await standins.control("POST", "/fault", { clear: {} });
  const after = await users(scene);
  const left = after.filter(needsIt).length;
  const edited = after.filter(({ attributes }) => attributes["desk"] !== undefined).length;
  const written = needed - left;
  return {
    written,
    left,
    lost: EDITS - edited,
    perSecond: (1_000 * written) / (writingMs ?? Number.NaN),
    requests: (all - own) / written,
    requestsOfRun: (all - read) / written,
    said,
  };
}

async function count(passed: () => Promise<Passed>): Promise<number> {
  return Object.values((await passed()).methods).reduce((sum, requests) => sum + requests, 0);
}

interface User {
  is_active: boolean;
  email: string;
  type: string;
  attributes: Record<string, unknown>;
}

function needsIt({ is_active, email, type, attributes }: User): boolean {
  return is_active && email !== "" && type !== "external" && attributes["email_verified"] !== true;
}

/** Everybody, as authentik has them now. */
async function users({ api, token }: Scene): Promise<User[]> {
  const found: User[] = [];
  for (let page = 1; page > 0; ) {
    const answer = await fetch(`${api}/api/v3/core/users/?page=${page}&page_size=100&include_groups=false`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    const { results, pagination } = (await answer.json()) as { results: User[]; pagination: { next: number } };
    found.push(...results);
    page = pagination.next;
  }
  return found;
}
