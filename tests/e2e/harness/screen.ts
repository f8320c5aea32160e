/** A page of ours: waited for, typed into, photographed, checked for accessibility. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import axe from "axe-core";
import type { ElementHandle, Page } from "puppeteer-core";

import * as accessible from "./accessible.ts";
import { paste } from "./clipboard.ts";
import { environment } from "./environment.ts";
import { PATIENCE_MS } from "./eventually.ts";
import { preferColours } from "./firefox-window.ts";

export interface ShotOptions {
  /** CSS pixels; 360 unless said otherwise. */
  width?: number;
  /** The same; 760 unless said otherwise. */
  height?: number;
  dark?: boolean;
  /** From its top to its end, however long it is. */
  whole?: boolean;
}

const WIDTH = 360;
const HEIGHT = 760;

export class Screen {
  /** Errors that the page reported since it was taken hold of. */
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

  /** Takes hold of an open page and gives it the panel's usual size. */
  static async of(page: Page): Promise<Screen> {
    const screen = new Screen(page);
    await screen.appear({});
    return screen;
  }

  /**
   * Waits until something visible matches, in whatever component it is. Looks again with every frame: puppeteer's other way
   * of waiting notices neither changes inside components nor changed text.
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

  /** Waits until the text can be read. */
  async says(words: string): Promise<void> {
    await this.find(`::-p-text(${JSON.stringify(words)})`);
  }

  /** Waits for what assistive technology calls by this role and name, such as `"button", "Apply"`. */
  async named(role: string, name: string): Promise<ElementHandle> {
    if (environment.browser() === "firefox") return this.#namedInAll(role, name);
    return this.find(`::-p-aria([name=${JSON.stringify(name)}][role=${JSON.stringify(role)}])`);
  }

  /** Clicks a button as soon as it is there and enabled. */
  press(name: string): Promise<void> {
    return this.#hit(() => this.named("button", name));
  }

  /** Clicks what matches as soon as it is there and enabled. */
  click(selector: string): Promise<void> {
    return this.#hit(() => this.find(selector));
  }

  /** Clicks what `find` gives, once. It may be moved or replaced meanwhile: then nothing else is clicked, and it is found anew. */
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

  /** Puts a text into a field in place of what is there, as if typed. */
  async type(label: string, value: string, role: "textbox" | "searchbox" = "textbox"): Promise<void> {
    const field = await this.named(role, label);
    await field.focus();
    // A click that is to mark all of it would miss a field that moves.
    await field.evaluate((field) => (field as HTMLInputElement).select());
    await field.press("Backspace");
    await field.type(value);
  }

  /** Puts a text into an empty field at once, as a paste does. */
  async paste(label: string, value: string): Promise<void> {
    await (await this.named("textbox", label)).focus();
    await paste(this.page, value);
  }

  /** Waits until a condition holds, looking again as soon as it was looked at. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + this.page.getDefaultTimeout();
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`in vain; the page says: ${await this.text()}`);
      // Lets what is waited for happen.
      await new Promise(setImmediate);
    }
  }

  /** What can be read in each element that matches, in whatever component, with what its own components show. */
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

  /** Everything that can be read. */
  async text(): Promise<string> {
    return (await this.texts("body")).join(" ");
  }

  /** Photographs it as `<name>.png`; fails if it has to be scrolled sideways. */
  async shot(name: string, options: ShotOptions = {}): Promise<void> {
    await this.appear(options);
    const excess = await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${name}: ${excess} px too wide for ${options.width ?? WIDTH} px`);
    await mkdir(environment.shots(), { recursive: true });
    await this.page.screenshot({ path: join(environment.shots(), `${name}.png`), fullPage: options.whole === true });
    await this.appear({});
  }

  /** Photographs it as it usually is, narrow, and dark. */
  async shots(name: string, options: ShotOptions = {}): Promise<void> {
    await this.shot(name, options);
    await this.shot(`${name}-320`, { ...options, width: 320 });
    await this.shot(`${name}-dark`, { ...options, dark: true });
  }

  /** Fails if axe-core finds anything on the present screen, light or dark. */
  async assertAccessible(): Promise<void> {
    for (const dark of [false, true]) {
      await this.appear({ dark });
      assert.deepEqual(await this.#violations(), [], dark ? "dark" : "light");
    }
    await this.appear({});
  }

  /** What axe-core finds: rule, what it says, and where. */
  async #violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const results = await this.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return results.violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`,
    );
  }

  protected async appear({ width = WIDTH, height = HEIGHT, dark = false }: ShotOptions): Promise<void> {
    await this.page.setViewport({ width, height });
    // Of motion its profile tells.
    if (environment.browser() === "firefox") return preferColours(this.page, dark ? "dark" : "light");
    await this.page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
  }
}

/** Whether a click would count: it is enabled, and is where it was a frame ago. */
async function awaitsClick(element: Element): Promise<boolean> {
  if (element.matches(":disabled")) return false;
  const place = (): string => JSON.stringify(element.getBoundingClientRect());
  const before = place();
  await new Promise(requestAnimationFrame);
  return element.checkVisibility() && place() === before;
}
