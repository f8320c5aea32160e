/**
 * What plan, check, table and waves cost in the shipped core, and how that grows with the directory; for the largest as a ratio to what
 * the browser needs to parse the same JSON.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { environment } from "../e2e/harness/environment.ts";
import { launch, type Stage } from "../e2e/harness/stage.ts";
import type { Figure, Result, Table } from "./figure.ts";
import type { CoreFigures, measure } from "./page/core.ts";
import { type Curve, picture } from "./picture.ts";

const SIZES = [100, 1_000, 10_000, 100_000];

/** Every other user has a mailbox. */
const MAILBOXES = 0.5;

/**
 * It may take this many times as long as the browser's own parsing. It took 2.2 and 3.4 times as long on two machines of the same kind, of
 * which the second parses twice as fast.
 */
const MOST = 4;

/** Where the picture is, which docs/PERFORMANCE.md shows. */
const PICTURE = "docs/performance.svg";

export async function growth(): Promise<Result> {
  await using stage = await launch({ standins: { users: 200, halfMade: true } });
  const bundle = await build({
    entryPoints: ["tests/bench/page/core.ts"],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const wasm = await readFile(join(environment.extension(), "cowbell_bg.wasm"), "base64");
  const measured: CoreFigures[] = [];
  for (const size of SIZES) measured.push(await ofSize(stage, script, wasm, size));
  const points = (value: (figures: CoreFigures) => number): [number, number][] =>
    measured.map((figures, at) => [SIZES[at] ?? 0, value(figures)]);
  const curves: Curve[] = [
    { name: "plan", points: points(({ read, compare }) => read + compare) },
    { name: "check", points: points(({ check }) => check) },
    { name: "table", points: points(({ table }) => table) },
    { name: "waves", points: points(({ waves }) => waves) },
    { name: "memory", points: points(({ memory }) => memory / 2 ** 20) },
  ];
  const last = measured.at(-1);
  if (!last) throw new Error("nothing was measured");
  return {
    figures: ofLargest(last, SIZES.at(-1) ?? 0),
    tables: [asTable(measured)],
    pictures: [{ path: PICTURE, content: picture(curves) }],
  };
}

/** Measures in a page, and thus a core, of its own. */
async function ofSize(stage: Stage, script: string, wasm: string, users: number): Promise<CoreFigures> {
  const page = await stage.open("authentik");
  page.setDefaultTimeout(600_000);
  await page.addScriptTag({ type: "module", content: script });
  await page.waitForFunction(() => "measure" in globalThis);
  const figures: CoreFigures = await page.evaluate(
    (wasm, mailcow, users, mailboxes) =>
      (globalThis as unknown as { measure: typeof measure }).measure(wasm, mailcow, users, mailboxes),
    wasm,
    stage.installation.origins.mailcow,
    users,
    users * MAILBOXES,
  );
  await page.close();
  return figures;
}

function asTable(measured: CoreFigures[]): Table {
  const columns = [
    "users",
    "mailboxes",
    "plan",
    "check",
    "table",
    "waves",
    "a search in the table",
    "memory of the core",
  ];
  const rows = measured.map(({ read, compare, check, table, waves, search, memory }, at) => {
    const users = SIZES[at] ?? 0;
    const times = [read + compare, check, table, waves, search].map((ms) => `${ms.toFixed(1)} ms`);
    return [thousands(users), thousands(users * MAILBOXES), ...times, `${(memory / 2 ** 20).toFixed(1)} MiB`];
  });
  return { columns, rows };
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}

function ofLargest(figures: CoreFigures, users: number): Figure[] {
  const {
    parse,
    read,
    compare,
    parseMailboxes,
    readMailboxes,
    mailboxesLength,
    check,
    table,
    search,
    memoryOfUsers,
    memory,
  } = figures;
  return [
    { name: `the browser parses the JSON of ${users} users`, value: parse, unit: "ms" },
    { name: "the core reads them", value: read, unit: "ms" },
    { name: "the core compares them", value: compare, unit: "ms" },
    { name: "comparing as a ratio to parsing", value: compare / parse, unit: "", atMost: 1.5 },
    { name: "reading and comparing as a ratio to parsing", value: (read + compare) / parse, unit: "", atMost: MOST },
    {
      name: `the browser parses the JSON of ${users * MAILBOXES} mailboxes`,
      value: parseMailboxes,
      unit: "ms",
    },
    { name: "its length", value: mailboxesLength / 2 ** 20, unit: "Mi letters" },
    { name: "the tab takes what is needed, the core reads it", value: readMailboxes, unit: "ms" },
    { name: "check and who can sign in, with both read again", value: check + table, unit: "ms" },
    {
      name: "that as a ratio to parsing users and mailboxes",
      value: (check + table) / (parse + parseMailboxes),
      unit: "",
      atMost: MOST,
    },
    { name: "searching in that", value: search, unit: "ms" },
    { name: "memory of the core with the users alone", value: memoryOfUsers / 2 ** 20, unit: "MiB" },
    { name: "peak memory of the core", value: memory / 2 ** 20, unit: "MiB", atMost: 96 },
  ];
}
