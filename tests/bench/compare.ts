/** Reading and comparing 100,000 users and 50,000 mailboxes in the shipped core, as a ratio to what the browser needs to parse their JSON. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { environment } from "../e2e/harness/environment.ts";
import { launch } from "../e2e/harness/stage.ts";
import type { Figure } from "./figure.ts";
import type { CoreFigures, measure } from "./page/core.ts";

const USERS = 100_000;
const MAILBOXES = 50_000;

export async function compare(): Promise<Figure[]> {
  await using stage = await launch({ standins: { users: 200, halfMade: true } });
  const page = await stage.open("authentik");
  page.setDefaultTimeout(600_000);
  const bundle = await build({
    entryPoints: ["tests/bench/page/core.ts"],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  await page.addScriptTag({ type: "module", content: bundle.outputFiles[0]?.text ?? "" });
  await page.waitForFunction(() => "measure" in globalThis);
  const wasm = await readFile(join(environment.extension(), "cowbell_bg.wasm"), "base64");
  const figures: CoreFigures = await page.evaluate(
    (wasm, mailcow, users, mailboxes) =>
      (globalThis as unknown as { measure: typeof measure }).measure(wasm, mailcow, users, mailboxes),
    wasm,
    stage.installation.origins.mailcow,
    USERS,
    MAILBOXES,
  );
  const { parse, read, compare, parseMailboxes, readMailboxes, mailboxesLength, check, search, memoryOfUsers, memory } =
    figures;
  return [
    { name: `the browser parses the JSON of ${USERS} users`, value: parse, unit: "ms" },
    { name: "the core reads them", value: read, unit: "ms" },
    { name: "the core compares them", value: compare, unit: "ms" },
    { name: "comparing as a ratio to parsing", value: compare / parse, unit: "", atMost: 1.5 },
    {
      name: "reading and comparing as a ratio to parsing",
      value: (read + compare) / parse,
      unit: "",
      atMost: 2.5,
    },
    { name: `the browser parses the JSON of ${MAILBOXES} mailboxes`, value: parseMailboxes, unit: "ms" },
    { name: "its length", value: mailboxesLength / 2 ** 20, unit: "Mi letters" },
    { name: "the tab takes what is needed, the core reads it", value: readMailboxes, unit: "ms" },
    { name: "check and who can sign in, with both read again", value: check, unit: "ms" },
    {
      name: "that as a ratio to parsing users and mailboxes",
      value: check / (parse + parseMailboxes),
      unit: "",
      atMost: 2.5,
    },
    { name: "searching in that", value: search, unit: "ms" },
    { name: "memory of the core with the users alone", value: memoryOfUsers / 2 ** 20, unit: "MiB" },
    { name: "peak memory of the core", value: memory / 2 ** 20, unit: "MiB", atMost: 96 },
  ];
}
