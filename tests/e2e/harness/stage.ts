/**
 * A browser with the extension, and the two products: what every journey starts from.
 *
 *     await using stage = await launch();
 *     const tab = await stage.open("authentik");
 *     const panel = await stage.clickToolbar(tab);
 */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Browser, Extension, Page, Target } from "puppeteer-core";

import { type ChromiumOptions, launchChromium } from "./chromium.ts";
import { environment } from "./environment.ts";
import { type Installation, type Product, START } from "./installation.ts";
import { Panel } from "./panel.ts";
import { realInstallation } from "./real.ts";
import { type StandinOptions, Standins } from "./standins.ts";

export interface LaunchOptions extends ChromiumOptions {
  standins?: StandinOptions;
}

/** Starts the products unless they are real, and the browser. */
export async function launch(options: LaunchOptions = {}): Promise<Stage> {
  const installation = environment.real() ? realInstallation() : await Standins.start(options.standins);
  try {
    const { browser, extension } = await launchChromium(options);
    return new Stage(browser, extension, installation);
  } catch (error) {
    await installation.close();
    throw error;
  }
}

export class Stage {
  readonly browser: Browser;
  readonly extension: Extension;
  readonly installation: Installation;
  readonly #panels = new Map<Target, Panel>();

  constructor(browser: Browser, extension: Extension, installation: Installation) {
    this.browser = browser;
    this.extension = extension;
    this.installation = installation;
  }

  /** The stand-ins, for what cannot be done with real installations. */
  get standins(): Standins {
    if (this.installation instanceof Standins) return this.installation;
    throw new Error("this needs the stand-ins");
  }

  /** Opens a new tab of a product where an administrator starts, signed in. */
  async open(product: Product, user?: string): Promise<Page> {
    await this.installation.signIn(this.browser.defaultBrowserContext(), product, user);
    return this.visit(this.installation.origins[product] + START[product]);
  }

  /** Opens a new tab at an address. */
  async visit(url: string): Promise<Page> {
    const blank = (await this.browser.pages()).find((page) => page.url() === "about:blank");
    const page = blank ?? (await this.browser.newPage());
    await page.goto(url);
    return page;
  }

  /** A page in a browser that knows nobody: for signing in as somebody else. */
  async stranger(): Promise<Page> {
    return (await this.browser.createBrowserContext()).newPage();
  }

  /** Clicks the icon in the toolbar while `page` is in front, and gives the panel that opens or was open. */
  async clickToolbar(page: Page): Promise<Panel> {
    await page.bringToFront();
    await page.triggerExtensionAction(this.extension);
    return this.panel();
  }

  /** The panel, as soon as it is open. */
  async panel(): Promise<Panel> {
    const target = await this.browser.waitForTarget((target) => this.#isPanel(target));
    const panel = this.#panels.get(target) ?? (await Panel.of(await target.asPage()));
    this.#panels.set(target, panel);
    return panel;
  }

  /** Photographs a tab as `<name>.png`. */
  async photograph(page: Page, name: string): Promise<void> {
    await mkdir(environment.shots(), { recursive: true });
    await page.screenshot({ path: join(environment.shots(), `${name}.png`) });
  }

  /** Waits until somebody closes the browser. */
  async closed(): Promise<void> {
    await new Promise((resolve) => this.browser.once("disconnected", resolve));
  }

  /** Ends everything; fails if a panel reported an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.browser.close();
    } finally {
      await this.installation.close();
    }
    assert.deepEqual([...this.#panels.values()].flatMap(({ problems }) => problems), [], "errors in the panel");
  }

  #isPanel(target: Target): boolean {
    return target.url().startsWith(`chrome-extension://${this.extension.id}/panel.html`);
  }
}
