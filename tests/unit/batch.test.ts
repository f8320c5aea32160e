/** A batch in a page that was frozen: the panel has given it up meanwhile and may have begun to undo. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { Request } from "cowbell-core";

import { run } from "../../extension/src/page/batch";
import { type Ending, GRACE_MS } from "../../extension/src/protocol";

const HERE = "https://authentik.company";
const TIMEOUT_MS = 1_000;

/**
 * Runs a batch of three requests, one after the other, of which the first takes so long, in a page that receives them so late; returns
 * what was sent and how each ended.
 */
async function ran(firstMs: number, receivedMs = 0): Promise<{ sent: string[]; endings: Ending[] }> {
  const sent: string[] = [];
  const endings: Ending[] = [];
  let now = receivedMs;
  Object.assign(globalThis, { location: { origin: HERE }, window: globalThis });
  const navigator = { serviceWorker: { controller: null } };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  mock.method(Date, "now", () => now);
  mock.method(globalThis, "fetch", async (url: string) => {
    sent.push(url);
    if (sent.length === 1) now += firstMs;
    return new Response("{}", { headers: { "Content-Type": "application/json" } });
  });
  const request = (path: string): Request => ({
    method: "PATCH",
    url: `${HERE}${path}`,
    credentials: "session",
    want: "text",
  });
  try {
    const batch = {
      requests: ["/1", "/2", "/3"].map(request),
      concurrency: 1,
      timeoutMs: TIMEOUT_MS,
      haltOn: [],
      at: 0,
    };
    await run(batch, new AbortController().signal, (some) => endings.push(...some));
    return { sent, endings };
  } finally {
    mock.restoreAll();
  }
}

test("a page that was frozen for longer than the panel waits sends nothing more, and says so", async () => {
  const { sent, endings } = await ran(TIMEOUT_MS + GRACE_MS + 1);
  assert.deepEqual(sent, [`${HERE}/1`]);
  assert.deepEqual(endings.slice(1), [
    [1, { error: "cancelled" }],
    [2, { error: "cancelled" }],
  ]);
});

test("a page that was frozen before it received a batch sends nothing of it", async () => {
  const { sent, endings } = await ran(0, TIMEOUT_MS + GRACE_MS + 1);
  assert.deepEqual(sent, []);
  assert.deepEqual(
    endings.map(([index]) => index),
    [0, 1, 2],
  );
});

test("a slow request does not end a batch", async () => {
  const { sent } = await ran(TIMEOUT_MS);
  assert.equal(sent.length, 3);
});
