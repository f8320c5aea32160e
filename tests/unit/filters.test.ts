/** Which filters leave a field in sight (docs/contract/cases.md, S12), as browsers write them in a computed style. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isClear } from "../../extension/src/page/form/sight";

for (const filter of [
  "none",
  "brightness(0.5)",
  "contrast(2)",
  "opacity(0.9)",
  "invert(1)",
  "invert(0)",
  "invert(0.9) hue-rotate(180deg)",
  "grayscale(1) sepia(0.3) saturate(0)",
]) {
  test(`in sight: ${filter}`, () => assert.ok(isClear(filter)));
}

for (const filter of [
  "brightness(0)",
  "brightness(0.4)",
  "contrast(0.1)",
  "opacity(0)",
  "opacity(0.4)",
  "invert(0.5)",
  "invert(0.6)",
  "blur(50px)",
  "drop-shadow(rgb(0, 0, 0) 90px 90px 0px)",
  'url("#nothing")',
  'url("#nothing") opacity(1)',
  "grayscale(1) opacity(0)",
  "an-effect-of-later(1)",
  "an-effect-of-later",
  "opacity()",
]) {
  test(`out of sight: ${filter}`, () => assert.ok(!isClear(filter)));
}
