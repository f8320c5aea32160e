/** The panel in Firefox's sidebar. */

import assert from "node:assert/strict";

import type { ElementHandle, Page } from "puppeteer-core";

import { type FirefoxWindow, preferColours } from "./firefox-window.ts";
import { Panel } from "./panel.ts";
import type { ShotOptions } from "./screen.ts";

export class Sidebar extends Panel {
  readonly #window: FirefoxWindow;
  readonly #end: () => void;

  private constructor(window: FirefoxWindow, page: Page, end: () => void) {
    super(page);
    this.#window = window;
    this.#end = end;
  }

  /** Wraps the panel in a window; `end` tells puppeteer that it was closed. */
  static async in(window: FirefoxWindow, page: Page, end: () => void): Promise<Sidebar> {
    const sidebar = new Sidebar(window, page, end);
    await sidebar.appear({});
    return sidebar;
  }

  /** The sidebar is always beside the tab. */
  override toFront(): Promise<void> {
    return this.#window.focusSidebar();
  }

  override async close(): Promise<void> {
    await this.#window.closeSidebar();
    this.#end();
  }

  /** The file dialog is not a page, so the file is set on the input behind the button. */
  override async loadFile(button: string, path: string): Promise<void> {
    await this.named("button", button);
    const field = (await this.page.$(">>> cb-file >>> input")) as ElementHandle<HTMLInputElement> | null;
    assert.ok(field);
    await field.uploadFile(path);
  }

  override async appear({ width = 360, dark = false }: ShotOptions): Promise<void> {
    await this.#window.widenSidebar(width);
    await preferColours(this.page, dark ? "dark" : "light");
    await this.page.waitForFunction(
      (width, dark) => innerWidth === width && matchMedia("(prefers-color-scheme: dark)").matches === dark,
      {},
      width,
      dark,
    );
  }
}
