/** What the script in a tab returns of a response: the body unchanged or, of a long list, the members needed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_BYTES, MAX_LIST_BYTES, readText } from "../../extension/src/page/body";

const ONLY = ["username", "active", "attributes", "force_tfa"];
const MIB = 2 ** 20;

/** Returns what is passed on of a body, without and with names of members. */
async function handedOver(body: BodyInit): Promise<[whole: unknown, needed: unknown]> {
  return [await readText(new Response(body)), await readText(new Response(body), ONLY)];
}

test("of a list only the members that are asked for, at whatever depth", async () => {
  const list: unknown[] = [
    {
      username: "a@mail.example",
      active: 1,
      quota: 1.5,
      attributes: { force_tfa: "1", relayhost: "0" },
      name: "ä\u2028",
    },
    { active: "0", username: "b@mail.example\ud83d\udd14", attributes: [], toString: 1 },
    { other: { username: "c@mail.example" } },
    {},
  ];
  const text = JSON.stringify(list, null, 2);
  const needed =
    '[{"username":"a@mail.example","active":1,"attributes":{"force_tfa":"1"}},' +
    '{"username":"b@mail.example\ud83d\udd14","active":"0","attributes":[]},{},{}]';
  assert.deepEqual(await handedOver(text), [text, needed]);
  assert.deepEqual(await handedOver(" [] "), [" [] ", "[]"]);
});

test("elements that are no objects and members of another type stay what they are", async () => {
  const text = '[1,null,"a",[{"username":7}],{"username":["a"],"active":true}]';
  assert.deepEqual(await handedOver(text), [text, text]);
});

test("names that every object has are no members", async () => {
  const needed = await readText(new Response('[{"a":1},{"__proto__":{"b":2}}]'), ["constructor", "toString", "b"]);
  assert.equal(needed, "[{},{}]");
});

const NO_LISTS = [
  "",
  "null",
  "1.0",
  '"a"',
  "{}",
  ' {"username":"a", "active":1.0}',
  "<!DOCTYPE html>",
  '[{"username":"a"}',
  "[1] [2]",
  "[01]",
  "[".repeat(MIB),
  "[".repeat(MIB) + "]".repeat(MIB),
];

test("what is no list is handed over as it came", async () => {
  for (const text of NO_LISTS) assert.deepEqual(await handedOver(text), [text, text], text.slice(0, 40));
});

test("what is not UTF-8 is not handed over", async () => {
  const bytes = Uint8Array.from('[{"username":"\u00ff"}]', (char) => char.charCodeAt(0));
  assert.deepEqual(await handedOver(bytes), [{ error: "not_utf8" }, { error: "not_utf8" }]);
});

test("a list may be longer than what is handed over of it", async () => {
  const mailbox = { username: "a@mail.example", name: "x".repeat(MIB) };
  const text = JSON.stringify(new Array(MAX_BYTES / MIB).fill(mailbox));
  const needed = JSON.stringify(new Array(MAX_BYTES / MIB).fill({ username: "a@mail.example" }));
  assert.deepEqual(await handedOver(text), [{ error: "too_large" }, needed]);
});

test("nothing longer is handed over, list or not", async () => {
  const long = "x".repeat(MAX_BYTES);
  for (const body of [
    long,
    `{"username":"${long}"}`,
    `[{"username":"${long}"}]`,
    `["${long}"]`,
    `["${"€".repeat(MAX_BYTES / 3)}"]`,
    `[{"username":"${long}"}`,
  ]) {
    const faults = body === long ? [long, long] : [{ error: "too_large" }, { error: "too_large" }];
    assert.deepEqual(await handedOver(body), faults, body.slice(0, 20));
  }
});

test("reading ends where the body is longer than any list may be", async () => {
  const chunk = new TextEncoder().encode(`"${"x".repeat(MIB - 3)}",`);
  let given = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      given += chunk.byteLength;
      stream.enqueue(chunk);
    },
    cancel: () => {
      cancelled = true;
    },
  });
  assert.deepEqual(await readText(new Response(endless), ONLY), { error: "too_large" });
  assert.ok(cancelled && given > MAX_LIST_BYTES && given < MAX_LIST_BYTES + 8 * MIB, `${given} bytes`);
});
