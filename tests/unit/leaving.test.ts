/** A panel that is closed while something is under way: where its document is gone, Firefox throws if somebody sets a timer there. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";

import type { Batch, Event, Request } from "cowbell-core";

import { PanelBrowser } from "../../extension/src/panel/browser";
import type { ToPage, ToPanel } from "../../extension/src/protocol";

const ADDRESS = "https://authentik.company/if/admin/";

/** A browser with one tab, whose page answers when it is told to. */
class OneTab {
  readonly heard: ToPage[] = [];
  readonly #listeners: ((message: ToPanel) => void)[] = [];
  readonly #injecting: Promise<void>;
  readonly #injected: () => void;

  constructor() {
    let injected = (): void => undefined;
    this.#injecting = new Promise((resolve) => {
      injected = resolve;
    });
    this.#injected = injected;
    const port = {
      onMessage: { addListener: (listener: (message: ToPanel) => void) => this.#listeners.push(listener) },
      onDisconnect: { addListener: () => undefined },
      postMessage: (message: ToPage) => this.heard.push(message),
      disconnect: () => undefined,
    };
    const nobody = { addListener: () => undefined, removeListener: () => undefined };
    const executeScript = (): Promise<void> => this.#injecting;
    const get = async (): Promise<unknown> => ({ url: ADDRESS, status: "complete" });
    const tabs = { connect: () => port, get, onUpdated: nobody, onRemoved: nobody };
    Object.assign(globalThis, { FIREFOX: true, chrome: { tabs, scripting: { executeScript }, runtime: {} } });
  }

  /** The script is in the page. */
  async injected(): Promise<void> {
    this.#injected();
    await settled();
  }

  async says(message: ToPanel): Promise<void> {
    for (const listener of this.#listeners) listener(message);
    await settled();
  }
}

/** Waits until what has been answered has had its effect. */
const settled = (): Promise<void> => new Promise(setImmediate);

/** A panel, what its core was told, and how to close it; from then on a timer is an error. */
function panel(t: TestContext): { host: PanelBrowser; events: Event[]; closes: () => void } {
  const host = new PanelBrowser();
  const events: Event[] = [];
  host.onEvent = (event) => events.push(event);
  const closes = (): void => {
    host.leave();
    t.mock.method(globalThis, "setTimeout", () => assert.fail("a timer where there is no document any more"));
  };
  return { host, events, closes };
}

test("an answer that arrives after the panel was closed is nobody’s", async (t) => {
  const tab = new OneTab();
  const { host, events, closes } = panel(t);
  host.connect("authentik", 1);
  await tab.injected();
  const [question] = tab.heard;
  assert.ok(question?.kind === "page");
  await tab.says({ kind: "page", id: question.id, url: ADDRESS, language: "en" });
  const live = events.at(-1);
  assert.ok(live?.kind === "live");
  const get: Request = { method: "GET", url: ADDRESS, credentials: "session", want: "text" };
  const two: Batch = { product: "authentik", requests: [get, get], concurrency: 2, timeoutMs: 1_000, haltOn: [] };
  const answers: number[] = [];
  void host.send(live.page, two, (index) => answers.push(index));
  const batch = tab.heard.at(-1);
  assert.ok(batch?.kind === "send");
  await tab.says({ kind: "answers", batch: batch.batch, endings: [[0, { error: "network" }]] });
  assert.deepEqual(answers, [0]);
  const told = events.length;

  closes();
  await tab.says({ kind: "answers", batch: batch.batch, endings: [[1, { error: "network" }]] });
  assert.deepEqual(answers, [0]);
  assert.equal(events.length, told);
});

test("a connection that is being made when the panel is closed is not tried again", async (t) => {
  const tab = new OneTab();
  const { host, events, closes } = panel(t);
  host.connect("authentik", 1);
  const told = events.length;

  closes();
  await tab.injected();
  await settled();
  assert.equal(events.length, told);
});
