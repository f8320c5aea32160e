/** A fill script in a page that is slow, grows, or does not react: it ends in time, and nothing is entered after that. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import type { Script, Step } from "cowbell-core";

import { countRows } from "../../extension/src/page/form/rows";
import { perform } from "../../extension/src/page/form/script";

/** Milliseconds since 1970 after which no step begins. */
const END = 1_000;

let now = 0;

/** What the page has by selector. */
const page = new Map<string, object[]>();

/** An element that does something when it is clicked on. */
class HTMLElement {
  click: () => void;

  constructor(click: () => void = () => undefined) {
    this.click = click;
  }
}

/** A list, into which a value may be entered wherever it lies; entering one takes time. */
class HTMLSelectElement extends HTMLElement {
  readonly #events: () => void;
  readonly selectedOptions = [];
  readonly options = [{ value: "" }, { value: "new" }];
  value = "";

  constructor(events: () => void = () => undefined) {
    super();
    this.#events = events;
  }

  closest(): null {
    return null;
  }

  dispatchEvent(): void {
    this.#events();
  }
}

/** Another control. */
class Other extends HTMLElement {}

class Page {
  querySelector(selector: string): object | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  querySelectorAll(selector: string): object[] {
    return page.get(selector) ?? [];
  }
}

class Element {
  /** Looking at an element takes time. */
  matches(): boolean {
    now += 1;
    return false;
  }
}

const stub = {
  HTMLElement,
  HTMLSelectElement,
  HTMLInputElement: Other,
  HTMLTextAreaElement: Other,
  Element,
  Document: Page,
  document: new Page(),
  window: new EventTarget(),
  scrollX: 0,
  scrollY: 0,
  scrollTo: () => undefined,
};

beforeEach(() => {
  now = 0;
  page.clear();
  Object.assign(globalThis, stub);
  mock.method(Date, "now", () => now);
});

afterEach(() => mock.restoreAll());

/** Runs steps. */
function run(...steps: Step[]): Promise<{ failed?: string | undefined }> {
  const script: Script = { steps, form: "form", choiceWidget: "widget", choiceLabel: "label" };
  return perform(script, END);
}

const setColumn = (selector: string): Step => ({ kind: "set_column", selector, values: ["new", "new", "new"] });

/** Puts lists into the page; returns the values that are in them. */
function lists(selector: string, count: number, events?: () => void): () => string[] {
  const all = Array.from({ length: count }, () => new HTMLSelectElement(events));
  page.set(selector, all);
  return () => all.map(({ value }) => value);
}

test("a script in time enters all values", async () => {
  const values = lists("a", 3);
  assert.deepEqual(await run(setColumn("a")), {});
  assert.deepEqual(values(), ["new", "new", "new"]);
});

test("no step begins once the time is over", async () => {
  const values = lists("a", 1);
  let clicked = false;
  page.set("button", [new HTMLElement(() => (clicked = true))]);
  now = END + 1;
  const click: Step = { kind: "click", selector: "button", unlessVisible: "none" };
  assert.deepEqual(await run(click, setColumn("a")), { failed: "timeout" });
  assert.deepEqual([clicked, values()], [false, [""]]);
});

test("a page whose controls take too long to look at gets no value", async () => {
  const values = lists("a", 900);
  lists("b", 900);
  assert.deepEqual(await run(setColumn("a"), setColumn("b")), { failed: "timeout" });
  assert.ok(values().every((value) => value === ""));
  assert.ok(now <= END + 1, `it was looked at for ${now} ms`);
});

test("no further value is entered once the page has spent the time on one", async () => {
  const values = lists("a", 3, () => (now = END + 1));
  assert.deepEqual(await run(setColumn("a")), { failed: "timeout" });
  assert.deepEqual(values(), ["new", "", ""]);
});

/** Counts rows in a page whose buttons do this. */
function count(rows: number, wanted: number, add: () => void, remove: () => void): string | undefined {
  lists("rows", rows);
  page.set("add", [new HTMLElement(add)]);
  page.set(
    "remove",
    Array.from({ length: 9_000 }, () => new HTMLElement(remove)),
  );
  const step = { kind: "count_rows", column: "rows", add: "add", remove: "remove", count: wanted } as const;
  return countRows(step, () => ++now > END);
}

const rows = (): object[] => page.get("rows") ?? [];
const more = (): void => void page.set("rows", [...rows(), {}]);
const fewer = (): void => void page.set("rows", rows().slice(1));
const nothing = (): void => undefined;

for (const [what, has, wanted, add, remove, end] of [
  ["rows are added", 1, 3, more, nothing, undefined],
  ["rows are removed", 5, 2, nothing, fewer, undefined],
  ["the last row stays", 2, 0, nothing, fewer, undefined],
  ["the button that adds does nothing", 1, 2, nothing, nothing, "refused"],
  ["the button that adds removes", 3, 4, fewer, nothing, "refused"],
  ["the button that removes does nothing", 2, 1, nothing, nothing, "refused"],
  ["the button that removes adds", 2, 1, nothing, more, "refused"],
  ["so many rows have to be added that it takes too long", 1, 5_000, more, nothing, "timeout"],
  ["so many rows have to be removed that it takes too long", 5_000, 1, nothing, fewer, "timeout"],
] as const) {
  test(`${what}: ${end ?? "done"}`, () => {
    assert.equal(count(has, wanted, add, remove), end);
    assert.ok(rows().length > 0 && now <= 2 * END);
  });
}
