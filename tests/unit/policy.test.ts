/** The organisation's policy, when the browser's answers take their time (docs/contract/cases.md, S7). */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PolicyWatch } from "../../extension/src/panel/policy";

const WIDE = ["https://authentik.company", "https://mailcow.company"];
const NARROW = ["https://mailcow.company"];

/** A browser that answers when it is told to; what it answers is what was in force when it was asked. */
class SlowBrowser {
  inForce: string[] = WIDE;
  readonly #waiting: (() => void)[] = [];

  constructor() {
    const get = (): Promise<Record<string, unknown>> => {
      const allowedOrigins = this.inForce;
      return new Promise((resolve) => this.#waiting.push(() => resolve({ allowedOrigins })));
    };
    Object.assign(globalThis, { chrome: { storage: { managed: { get } } } });
  }

  /** Answers the last question first, until nobody asks any more. */
  async answerBackwards(): Promise<void> {
    for (let rounds = 0; rounds < 10; rounds += 1) {
      // Whatever is asked without waiting has reached the browser.
      await new Promise(setImmediate);
      this.#waiting.pop()?.();
    }
  }
}

test("an answer that comes late replaces no newer one", async () => {
  const browser = new SlowBrowser();
  const told: (string[] | undefined)[] = [];
  const watch = new PolicyWatch(undefined, (allowed) => told.push(allowed));
  const first = watch.ask();
  // The first question has reached the browser.
  await new Promise(setImmediate);
  browser.inForce = NARROW;
  const second = watch.ask();
  await browser.answerBackwards();
  await Promise.all([first, second]);
  assert.deepEqual(told.at(-1), NARROW);
});

test("a policy that cannot be read allows nothing, and the next one is heard", async () => {
  let fails = true;
  const get = (): Promise<Record<string, unknown>> =>
    fails ? Promise.reject(new Error("torn")) : Promise.resolve({ allowedOrigins: WIDE });
  Object.assign(globalThis, { FIREFOX: false, chrome: { storage: { managed: { get } } } });
  const told: (string[] | undefined)[] = [];
  const watch = new PolicyWatch(undefined, (allowed) => told.push(allowed));
  await watch.ask();
  fails = false;
  await watch.ask();
  assert.deepEqual(told, [[], WIDE]);
});

test("what is done after a click on the icon waits for it, and nothing waits otherwise", async () => {
  const browser = new SlowBrowser();
  const done: string[] = [];
  const watch = new PolicyWatch(undefined, () => done.push("policy"));
  watch.whenKnown(() => done.push("before"));
  assert.deepEqual(done, ["before"]);
  const clicks = ["first", "second"].map(async (click) => {
    await watch.ask();
    done.push(`${click} click`);
  });
  watch.whenKnown(() => done.push("pressed"));
  assert.deepEqual(done, ["before"]);
  await browser.answerBackwards();
  await Promise.all(clicks);
  watch.whenKnown(() => done.push("after"));
  assert.deepEqual(done, ["before", "policy", "first click", "second click", "pressed", "after"]);
});
