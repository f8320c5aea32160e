/** Which journals a panel takes over when several windows have one (docs/contract/cases.md, S14). */

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";

import { claim } from "../../extension/src/panel/windows";

/** What the browser's other processes take to say who holds a lock: more than a panel waits for one that is just being closed. */
const SLOW_MS = 400;

/** Locks as a slow browser has them: one holder each, until it goes; the others wait as long as their signal lets them, or not at all. */
class Locks {
  readonly #holders = new Map<string, Promise<unknown>>();

  async request(
    name: string,
    { signal, ifAvailable }: LockOptions,
    use: (lock: Lock | null) => unknown,
  ): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
    const said = new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    // The signal ends the wait for a lock only.
    aborted.catch(() => undefined);
    await Promise.race([said, aborted]);
    if (ifAvailable && this.#holders.has(name)) return void use(null);
    while (this.#holders.has(name)) await Promise.race([this.#holders.get(name), aborted]);
    const gone = Promise.resolve(use({ name, mode: "exclusive" }));
    this.#holders.set(name, gone);
    await gone;
  }

  /** A panel that has the lock of a window; returns what closes it. */
  hold(name: string): () => void {
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    this.#holders.set(
      name,
      closed.then(() => this.#holders.delete(name)),
    );
    return () => close();
  }
}

let locks: Locks;

// Node does not wait for the time limit of a signal.
const alive = setInterval(() => undefined, 1_000);
after(() => clearInterval(alive));

beforeEach(() => {
  locks = new Locks();
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
});

const KEPT: [string, string][] = [
  ["draft", "{}"],
  ["journal.one.0", "1"],
  ["journal.one.0.users.0", "2"],
  ["journal.two.0", "3"],
  ["mailboxes.one.0", "4"],
];

test("what windows without a panel have stored is taken over, once", async () => {
  const first = await claim(KEPT);
  assert.deepEqual(first.kept, KEPT);
  const second = await claim(KEPT);
  assert.deepEqual(second.kept, [["draft", "{}"]]);
  assert.notEqual(first.window, second.window);
});

test("what an open window can undo is left to it", async () => {
  locks.hold("window one");
  assert.deepEqual(
    (await claim(KEPT)).kept.map(([name]) => name),
    ["draft", "journal.two.0"],
  );
});

test("a window that is just being closed is waited for", async () => {
  const close = locks.hold("window one");
  const claimed = claim(KEPT);
  close();
  assert.deepEqual((await claimed).kept, KEPT);
});
