import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { betrays, bytesOf, tracesOf } from "../e2e/harness/traces.ts";

/** 128 characters, each part of them different. */
const SECRET = Array.from({ length: 128 }, (_, index) =>
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".charAt((index * index + 7 * index) % 62),
).join("");

describe("the canary (docs/contract/cases.md, S18)", () => {
  it("notices any forty characters of a secret, wherever they begin", () => {
    for (let from = 0; from + 40 <= SECRET.length; from += 1)
      assert.ok(betrays(`x${SECRET.slice(from, from + 40)}x`, [SECRET]), `from ${from}`);
    assert.ok(!betrays(SECRET.slice(0, 20), [SECRET]) && !betrays("", [SECRET]));
  });

  it("notices it in base 64 behind anything, in hexadecimal, reversed, and in UTF-16", () => {
    for (const before of ["", "a", "ab", "abc", "id:"]) {
      const bytes = Buffer.from(`${before}${SECRET}`);
      for (const spelling of ["base64", "base64url", "hex"] as const)
        assert.ok(betrays(bytes.toString(spelling), [SECRET]), `${before} ${spelling}`);
    }
    assert.ok(betrays([...SECRET].reverse().join(""), [SECRET]));
    const wide = Buffer.from(`\0${SECRET}`, "utf16le");
    for (const bytes of [wide, Buffer.from(wide).swap16()])
      assert.ok(bytesOf(tracesOf([SECRET])).some((trace) => bytes.includes(trace)));
  });
});
