/** `cargo xtask bench`: measures part after part, or the one that is named, prints the figures, and fails if one does not hold. */

import { bulk } from "./bulk.ts";
import { compare } from "./compare.ts";
import { type Figure, holds, line } from "./figure.ts";
import { lists } from "./lists.ts";
import { people } from "./people.ts";
import { ready } from "./ready.ts";
import { rounds } from "./rounds.ts";
import { www } from "./www.ts";

const PARTS: (() => Promise<Figure[]>)[] = [ready, rounds, bulk, people, lists, compare, www];

const [, , name] = process.argv;
const parts = PARTS.filter((part) => name === undefined || part.name === name);
if (parts.length === 0) throw new Error(`there is no part ${name}`);

for (const part of parts) {
  for (const figure of await part()) {
    console.log(line(figure));
    if (!holds(figure)) process.exitCode = 1;
  }
}
