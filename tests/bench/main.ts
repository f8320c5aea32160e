/** `cargo xtask bench`: measures part after part, prints the figures, and fails if one does not hold. */

import { launch, type Stage } from "../e2e/harness/stage.ts";
import { type Figure, holds, line } from "./figure.ts";
import { ready } from "./ready.ts";

const PARTS: ((stage: Stage) => Promise<Figure[]>)[] = [ready];

await using stage = await launch();
for (const part of PARTS) {
  for (const figure of await part(stage)) {
    console.log(line(figure));
    if (!holds(figure)) process.exitCode = 1;
  }
}
