/** `cargo xtask bench`: measures part after part, prints the figures, and fails if one does not hold. */

import { bulk } from "./bulk.ts";
import { compare } from "./compare.ts";
import { type Figure, holds, line } from "./figure.ts";
import { ready } from "./ready.ts";
import { rounds } from "./rounds.ts";

const PARTS: (() => Promise<Figure[]>)[] = [ready, rounds, bulk, compare];

for (const part of PARTS) {
  for (const figure of await part()) {
    console.log(line(figure));
    if (!holds(figure)) process.exitCode = 1;
  }
}
