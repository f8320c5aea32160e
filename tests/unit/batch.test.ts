/** A batch in a page that was frozen: the panel has given it up meanwhile and may have begun to undo. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { Request } from "cowbell-core";

import { run } from "../../extension/src/page/batch";
import { type Ending, GRACE_MS } from "../../extension/src/protocol";

const HERE = "https://authentik.company";
const TIMEOUT_MS = 1_000;

/** What differs from a page that is never frozen. */
interface Difference {
  /** Milliseconds that the first request takes. */
  firstMs?: number;
  /** Milliseconds after which the page receives the batch. */
  receivedMs?: number;
  /** Runs during the second request; `reported` resolves with the next report, and `cancel` cancels the batch. */
  during?: (reported: Promise<void>, cancel: () => void, freeze: (ms: number) => void) => Promise<void> | void;
  /** Status of the second answer, after which nothing more is sent. */
  halts?: number;
}

/** Runs a batch of three requests, one after the other; returns what was sent and how each ended. */
async function ran({ firstMs = 0, receivedMs = 0, during, halts }: Difference): Promise<{
  sent: string[];
  endings: Ending[];
}> {
  const sent: string[] = [];
  const endings: Ending[] = [];
  let now = receivedMs;
  const cancel = new AbortController();
  let tell = (): void => undefined;
  Object.assign(globalThis, { location: { origin: HERE }, window: globalThis });
  const navigator = { serviceWorker: { controller: null } };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  mock.method(Date, "now", () => now);
  mock.method(globalThis, "fetch", async (url: string) => {
    sent.push(url);
    if (sent.length === 1) now += firstMs;
    if (sent.length === 2) {
      const reported = new Promise<void>((resolve) => (tell = resolve));
      await during?.(
        reported,
        () => cancel.abort(),
        (ms) => (now += ms),
      );
    }
    const status = sent.length === 2 && halts ? halts : 200;
    return new Response("{}", { status, headers: { "Content-Type": "application/json" } });
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
      haltOn: halts ? [halts] : [],
      at: 0,
    };
    await run(batch, cancel.signal, (some) => {
      endings.push(...some);
      tell();
    });
    return { sent, endings };
  } finally {
    mock.restoreAll();
  }
}

test("a page that was frozen for longer than the panel waits sends nothing more, and says so", async () => {
  const { sent, endings } = await ran({ firstMs: TIMEOUT_MS + GRACE_MS + 1 });
  assert.deepEqual(sent, [`${HERE}/1`]);
  assert.deepEqual(endings.slice(1), [
    [1, { error: "cancelled" }],
    [2, { error: "cancelled" }],
  ]);
});

test("a page that was frozen before it received a batch sends nothing of it", async () => {
  const { sent, endings } = await ran({ receivedMs: TIMEOUT_MS + GRACE_MS + 1 });
  assert.deepEqual(sent, []);
  assert.deepEqual(
    endings.map(([index]) => index),
    [0, 1, 2],
  );
});

test("a slow request does not end a batch", async () => {
  const { sent } = await ran({ firstMs: TIMEOUT_MS });
  assert.equal(sent.length, 3);
});

test("a page that goes on with a report after it was frozen still sends nothing more", async () => {
  const { sent, endings } = await ran({
    during: (reported, _, freeze) => {
      freeze(TIMEOUT_MS + GRACE_MS + 1);
      return reported;
    },
  });
  assert.deepEqual(sent, [`${HERE}/1`, `${HERE}/2`]);
  assert.deepEqual(endings[2], [2, { error: "cancelled" }]);
});

test("nothing more is sent once the batch is cancelled, and each request has an ending", async () => {
  const { sent, endings } = await ran({ during: (_, cancel) => cancel() });
  assert.equal(sent.length, 2);
  assert.deepEqual(
    endings.map(([index]) => index),
    [0, 1, 2],
  );
  assert.deepEqual(endings[2], [2, { error: "cancelled" }]);
});

test("nothing more is sent after a status that ends the batch", async () => {
  const { sent, endings } = await ran({ halts: 429 });
  assert.equal(sent.length, 2);
  assert.deepEqual(endings[2], [2, { error: "not_sent" }]);
});
