/** The side panel: photographed, checked for accessibility, driven through its `page`. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import axe from "axe-core";
import type { ElementHandle, Page } from "puppeteer-core";

import { environment } from "./environment.ts";

export interface ShotOptions {
  /** CSS pixels; 360 unless said otherwise. */
  width?: number;
  dark?: boolean;
}

const WIDTH = 360;
const HEIGHT = 760;

export class Panel {
  /** Errors that the panel reported since it was opened. */
  readonly problems: string[] = [];
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
  }

  /** Takes hold of an open panel and gives it its usual size. */
  static async of(page: Page): Promise<Panel> {
    const panel = new Panel(page);
    await panel.#appear({});
    return panel;
  }

  /**
   * Waits until something visible matches, in whatever component it is. Looks again with every frame: puppeteer's other way
   * of waiting notices neither changes inside components nor changed text.
   */
  async find(selector: string): Promise<ElementHandle> {
    const found = await this.page.waitForSelector(selector, { visible: true });
    assert.ok(found);
    return found;
  }

  /** Waits until the text can be read. */
  async says(text: string): Promise<void> {
    await this.find(`::-p-text(${JSON.stringify(text)})`);
  }

  /** Waits for what assistive technology calls by this role and name, such as `"button", "Apply"`. */
  named(role: string, name: string): Promise<ElementHandle> {
    return this.find(`::-p-aria([name=${JSON.stringify(name)}][role=${JSON.stringify(role)}])`);
  }

  /** Clicks a button as soon as it is there and enabled. */
  async press(name: string): Promise<void> {
    await this.page.locator(`::-p-aria([name=${JSON.stringify(name)}][role="button"])`).click();
  }

  /** Photographs the panel as `<name>.png`; fails if it has to be scrolled sideways. */
  async shot(name: string, options: ShotOptions = {}): Promise<void> {
    await this.#appear(options);
    const excess = await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${name}: ${excess} px too wide for ${options.width ?? WIDTH} px`);
    await mkdir(environment.shots(), { recursive: true });
    await this.page.screenshot({ path: join(environment.shots(), `${name}.png`) });
    await this.#appear({});
  }

  /** Photographs it as it usually is, narrow, and dark. */
  async shots(name: string): Promise<void> {
    await this.shot(name);
    await this.shot(`${name}-320`, { width: 320 });
    await this.shot(`${name}-dark`, { dark: true });
  }

  /** Fails if axe-core finds anything on the present screen, light or dark. */
  async assertAccessible(): Promise<void> {
    for (const dark of [false, true]) {
      await this.#appear({ dark });
      assert.deepEqual(await this.#violations(), [], dark ? "dark" : "light");
    }
    await this.#appear({});
  }

  /** What axe-core finds: rule, what it says, and where. */
  async #violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const results = await this.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return results.violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`);
  }

  async #appear({ width = WIDTH, dark = false }: ShotOptions): Promise<void> {
    await this.page.setViewport({ width, height: HEIGHT });
    await this.page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
  }
}
