/**
 * `cargo xtask bench`: measures part after part, or the one that is named, prints the figures, and fails if one does not hold. With
 * `--write` it puts them into docs/PERFORMANCE.md.
 */

import { parseArgs } from "node:util";

import { bulk } from "./bulk.ts";
import { write } from "./document.ts";
import { holds, line, lines, type Measured, type Result } from "./figure.ts";
import { growth } from "./growth.ts";
import { lists } from "./lists.ts";
import { peers } from "./peers.ts";
import { people } from "./people.ts";
import { ready } from "./ready.ts";
import { rounds } from "./rounds.ts";
import { www } from "./www.ts";

const PARTS: (() => Promise<Measured>)[] = [ready, rounds, bulk, people, lists, growth, www];

/** What needs more than Chromium runs only when it is named. */
const ON_REQUEST: (() => Promise<Measured>)[] = [peers];

const { values, positionals } = parseArgs({ options: { write: { type: "boolean" } }, allowPositionals: true });
const [name] = positionals;
const all = [...PARTS, ...ON_REQUEST];
const parts = name === undefined ? (values.write ? all : PARTS) : all.filter((part) => part.name === name);
if (parts.length === 0) throw new Error(`there is no part ${name}`);

for (const part of parts) {
  const measured = await part();
  const result: Result = Array.isArray(measured) ? { figures: measured } : measured;
  const { figures, tables = [] } = result;
  for (const table of tables) console.log(lines(table));
  for (const figure of figures) {
    console.log(line(figure));
    if (!holds(figure)) process.exitCode = 1;
  }
  if (values.write) write(part.name, result);
}
