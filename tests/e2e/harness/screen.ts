/** A page of ours: waits for elements, types, checks accessibility, and takes screenshots on request. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { ElementHandle, Page } from "puppeteer-core";

import * as accessible from "./accessible.ts";
import { paste } from "./clipboard.ts";
import { environment } from "./environment.ts";
import { PATIENCE_MS } from "./eventually.ts";
import { preferColours } from "./firefox-window.ts";
import { tag } from "./messages.ts";

export interface ShotOptions {
  /** CSS pixels; 360 by default. */
  width?: number;
  /** CSS pixels; 760 by default. */
  height?: number;
  dark?: boolean;
  /** The full page, however long it is. */
  whole?: boolean;
}

const WIDTH = 360;
const HEIGHT = 760;

/** CSS pixels at which nothing may need horizontal scrolling (WCAG 2.2, success criterion 1.4.10, Reflow). */
const NARROW = 320;

/** CSS pixels of Firefox's sidebar at its narrowest. */
const NARROWEST = 252;

export class Screen {
  /** Errors that the page has reported since it was wrapped. */
  readonly problems: string[] = [];
  readonly page: Page;

  protected constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
  }

  /** Wraps an open page and gives it the panel's usual size. */
  static async of(page: Page): Promise<Screen> {
    const screen = new Screen(page);
    await screen.appear({});
    return screen;
  }

  /**
   * Waits until something visible matches, in any component. Checks on every frame: puppeteer's other way of waiting notices
   * neither changes inside components nor changed text.
   */
  async find(selector: string): Promise<ElementHandle> {
    try {
      const found = await this.page.waitForSelector(selector, { visible: true });
      assert.ok(found);
      return found;
    } catch (error) {
      throw new Error(`the page does not show ${selector}, but: ${await this.text()}`, { cause: error });
    }
  }

  /** Waits until the text is visible. */
  async says(words: string): Promise<void> {
    await this.find(`::-p-text(${JSON.stringify(words)})`);
  }

  /** Waits for an element with this role and accessible name, such as `"button", "Apply"`. */
  async named(role: string, name: string): Promise<ElementHandle> {
    if (environment.browser() === "firefox") return this.#namedInAll(role, name);
    return this.find(`::-p-aria([name=${JSON.stringify(name)}][role=${JSON.stringify(role)}])`);
  }

  /** Clicks a button once it is there and enabled. */
  press(name: string): Promise<void> {
    return this.#hit(() => this.named("button", name));
  }

  /** Clicks what matches once it is there and enabled. */
  click(selector: string): Promise<void> {
    return this.#hit(() => this.find(selector));
  }

  /**
   * Clicks what `find` returns, once. If the element moves or is replaced meanwhile, nothing else is clicked, and it is found
   * again.
   */
  async #hit(find: () => Promise<ElementHandle>): Promise<void> {
    let cause: unknown;
    const tried = this.until(async () => {
      const target = await find();
      if (!(await target.evaluate(awaitsClick))) return false;
      const aim = await target.evaluateHandle((element) => {
        const aim = { hit: false, end: (): void => removeEventListener("click", land, true) };
        const land = (event: Event): void => {
          aim.end();
          aim.hit = event.composedPath().includes(element);
          if (aim.hit) return;
          event.preventDefault();
          event.stopImmediatePropagation();
        };
        addEventListener("click", land, true);
        return aim;
      });
      await target.click().catch((error: unknown) => (cause = error));
      return aim.evaluate((aim) => {
        aim.end();
        return aim.hit;
      });
    });
    await tried.catch((error: unknown) => {
      throw new Error(`no click reached it: ${String(error)}`, { cause });
    });
  }

  async #namedInAll(role: string, name: string): Promise<ElementHandle> {
    let found: ElementHandle | undefined;
    await this.until(async () => (found = await accessible.find(this.page, role, name)) !== undefined);
    assert.ok(found);
    return found;
  }

  /** Replaces the text of a field, as if typed. */
  async type(label: string, value: string, role: "textbox" | "searchbox" = "textbox"): Promise<void> {
    const field = await this.named(role, label);
    await field.focus();
    // A triple click to select all of it would miss a field that moves.
    await field.evaluate((field) => (field as HTMLInputElement).select());
    await field.press("Backspace");
    await field.type(value);
  }

  /** Selects an option of a menu, as the browser's own list would, which is no part of the page. */
  async select(label: string, option: string): Promise<void> {
    const menu = await this.named("combobox", label);
    await menu.evaluate((menu, option) => {
      const list = menu as HTMLSelectElement;
      list.value = [...list.options].find(({ label }) => label === option)?.value ?? "";
      list.dispatchEvent(new Event("change"));
    }, option);
  }

  /** Enters a text into an empty field at once, as a paste does. */
  async paste(label: string, value: string): Promise<void> {
    await (await this.named("textbox", label)).focus();
    await paste(this.page, value);
  }

  /** Waits until a condition holds, checking on every frame that the page draws. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + this.page.getDefaultTimeout();
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`in vain; the page says: ${await this.text()}`);
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** Returns the visible text of each element that matches, in any component, including its own components. */
  async texts(selector: string): Promise<string[]> {
    return this.page.$$eval(`>>> ${selector}`, (elements) => {
      const read = (node: Node): string => {
        if (node instanceof Text) return node.data;
        if (node instanceof HTMLSlotElement) return node.assignedNodes({ flatten: true }).map(read).join(" ");
        if (node instanceof Element && (node.localName === "style" || node.localName === "svg")) return "";
        return [...((node instanceof Element && node.shadowRoot) || node).childNodes].map(read).join(" ");
      };
      return elements.map((element) => read(element).replace(/\s+/g, " ").trim());
    });
  }

  /** Returns all visible text. */
  async text(): Promise<string> {
    return (await this.texts("body")).join(" ");
  }

  /** Takes the screenshot `<name>.png` if screenshots are wanted (`cargo xtask shots`). */
  async shot(name: string, options: ShotOptions = {}): Promise<void> {
    const folder = environment.shots();
    if (folder === undefined) return;
    await this.appear(options);
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: options.whole === true });
    await this.appear({});
  }

  /** Takes screenshots at the usual size, narrow, and dark, if screenshots are wanted. */
  async shots(name: string, options: ShotOptions = {}): Promise<void> {
    await this.shot(name, options);
    await this.shot(`${name}-${NARROW}`, { ...options, width: NARROW });
    await this.shot(`${name}-dark`, { ...options, dark: true });
  }

  /**
   * Fails if axe-core finds a violation on the current screen, in light or dark colours, or if the screen does not fit when
   * narrow: nothing is scrolled sideways or cut off.
   */
  async assertAccessible(): Promise<void> {
    assert.deepEqual(await accessible.violations(this.page), []);
    await this.appear({ dark: true });
    // No other rule depends on the colours.
    assert.deepEqual(await accessible.violations(this.page, ["color-contrast"]), [], "dark");
    for (const width of [NARROW, NARROWEST]) {
      await this.appear({ width });
      assert.deepEqual(await this.page.evaluate(tooWide), [], `too wide for ${width} px`);
    }
    assert.equal(await this.page.evaluate(() => document.documentElement.lang), tag());
    await this.appear({});
  }

  async appear({ width = WIDTH, height = HEIGHT, dark = false }: ShotOptions): Promise<void> {
    await this.page.setViewport({ width, height });
    // In Firefox, the profile sets the preference for reduced motion.
    if (environment.browser() === "firefox") return preferColours(this.page, dark ? "dark" : "light");
    await this.page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
  }
}

/** Returns whether a click would take effect: the element is enabled and has not moved since the previous frame. */
async function awaitsClick(element: Element): Promise<boolean> {
  // For a choice, the label is clicked, but its radio button is what may be disabled.
  if ([element, element.closest("label")?.control].some((control) => control?.matches(":disabled"))) return false;
  const place = (): string => JSON.stringify(element.getBoundingClientRect());
  const before = place();
  await new Promise(requestAnimationFrame);
  return element.checkVisibility() && place() === before;
}

/** Returns what is wider than its place, so that it would be cut off or scrolled sideways. */
function tooWide(): string[] {
  const all: Element[] = [];
  const collect = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll("*")) {
      all.push(element);
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  collect(document);
  /** Whether an element is shown inside another one, in whatever component. */
  const isInside = (element: Element, other: Element): boolean => {
    const { parentNode } = element.assignedSlot ? { parentNode: element.assignedSlot } : element;
    const parent = parentNode instanceof ShadowRoot ? parentNode.host : parentNode;
    return parent instanceof Element && (parent === other || isInside(parent, other));
  };
  const right = (element: Element): number => element.getBoundingClientRect().right;
  const isShown = (element: Element): boolean => element.getBoundingClientRect().width > 1;
  const cuts = all.filter((element) => {
    if (element === document.documentElement) return element.scrollWidth > innerWidth;
    const { overflowX, textOverflow } = getComputedStyle(element);
    // What only assistive technology reads is one pixel wide. An ellipsis and a field are for texts of any length.
    const isForAny = textOverflow === "ellipsis" || element.localName === "input" || element.clientWidth <= 1;
    return overflowX !== "visible" && !isForAny && element.scrollWidth - element.clientWidth > 1;
  });
  return cuts.map((place) => {
    const beyond = all.filter((one) => isShown(one) && right(one) > right(place) + 1 && isInside(one, place));
    const named = beyond.map(
      ({ localName, className, textContent }) => `${localName}.${className} ${textContent?.trim().slice(0, 60)}`,
    );
    return `${place.localName}.${place.className}, ${place.scrollWidth} px in ${place.clientWidth}: ${named.join(" | ")}`;
  });
}
