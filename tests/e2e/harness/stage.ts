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

import type { Browser, Extension, Page } from "puppeteer-core";

import { Chromium } from "./chromium.ts";
import { environment } from "./environment.ts";
import { Firefox } from "./firefox.ts";
import type { Download, Driver, DriverOptions } from "./driver.ts";
import { type Installation, type Product, START } from "./installation.ts";
import { copyExtension, type Copy, translate } from "./copy.ts";
import { speak, type Spoken, text } from "./messages.ts";
import type { Panel } from "./panel.ts";
import { pretendedInstallation, realInstallation } from "./real.ts";
import { type StandinOptions, Standins } from "./standins.ts";

export interface LaunchOptions extends Omit<DriverOptions, "policy" | "language"> {
  standins?: StandinOptions;
  /** Language of the panel; by default that of the environment, or English. */
  speaks?: Spoken;
  /** Returns an organisation's policy for the products' origins. */
  policy?: (origins: Installation["origins"]) => object;
}

/** Starts the stand-ins and the browser. */
export async function launch({ standins, ...rest }: LaunchOptions = {}): Promise<Stage> {
  const { speaks = spokenByDefault() } = rest;
  const speaking = inLanguageOf(speaks, standins);
  speak(speaks, speaking.language === "de" ? "de" : "en");
  return launchOver(await Standins.start(speaking), { ...rest, speaks });
}

/**
 * Does the same for journeys that `cargo xtask e2e --real` runs against real installations: otherwise the products are stand-ins,
 * and the journey uses only those features that a real installation has, too.
 */
export async function launchAsReal(standins: StandinOptions): Promise<Stage> {
  const speaks = spokenByDefault();
  const speaking = inLanguageOf(speaks, standins);
  speak(speaks, speaking.language === "de" ? "de" : "en");
  return launchOver(environment.real() ? realInstallation() : await pretendedInstallation(speaking), { speaks });
}

async function launchOver(installation: Installation, { policy, speaks, ...rest }: LaunchOptions): Promise<Stage> {
  let copy: Copy | undefined;
  try {
    copy = await speaking(speaks ?? "en", rest.extension);
    const options = {
      ...rest,
      ...(policy ? { policy: policy(installation.origins) } : {}),
      ...(copy ? { extension: copy.folder } : {}),
    };
    const host = environment.browser() === "firefox" ? await Firefox.launch(options) : await Chromium.launch(options);
    return new Stage(host, installation, copy);
  } catch (error) {
    await copy?.[Symbol.asyncDispose]();
    await installation.close();
    throw error;
  }
}

/** The stand-ins speak German with a German panel, unless the journey says otherwise. */
function inLanguageOf(speaks: Spoken, standins: StandinOptions = {}): StandinOptions {
  return speaks === "de" ? { language: "de", ...standins } : standins;
}

function spokenByDefault(): Spoken {
  const language = environment.language() ?? "en";
  if (language !== "en" && language !== "de" && language !== "pseudo") throw new Error(`no journey speaks ${language}`);
  return language;
}

/** Returns a copy of the extension if it takes one to speak a language: many builds of the browsers have English only. */
async function speaking(language: Spoken, extension: string | undefined): Promise<Copy | undefined> {
  if (language === "en") return undefined;
  const copy = await copyExtension(extension);
  await translate(copy, language);
  return copy;
}

export class Stage {
  readonly installation: Installation;
  readonly #host: Driver;
  readonly #copy: Copy | undefined;
  /** The most recent panel; it may be closed by now. */
  #panel: Panel | undefined;

  constructor(host: Driver, installation: Installation, copy: Copy | undefined) {
    this.#host = host;
    this.installation = installation;
    this.#copy = copy;
  }

  /** Host and port of both products, as the panel's questions name them. */
  get hosts(): Record<Product, string> {
    const { authentik, mailcow } = this.installation.origins;
    return { authentik: new URL(authentik).host, mailcow: new URL(mailcow).host };
  }

  get browser(): Browser {
    return this.#host.browser;
  }

  /** The extension in Chromium, for what is not possible in Firefox. */
  get extension(): Extension {
    if (this.#host instanceof Chromium) return this.#host.extension;
    throw new Error("this needs Chromium");
  }

  /** What only Firefox has. */
  get firefox(): Firefox {
    if (this.#host instanceof Firefox) return this.#host;
    throw new Error("this needs Firefox");
  }

  /** The stand-ins, for what is not possible with real installations. */
  get standins(): Standins {
    if (this.installation instanceof Standins) return this.installation;
    throw new Error("this needs the stand-ins");
  }

  /** Opens a new tab of a product, signed in, on the page where an administrator starts. */
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

  /** Opens a page in a browser without any session, to sign in as another user. */
  async stranger(): Promise<Page> {
    return (await this.browser.createBrowserContext()).newPage();
  }

  /** Clicks the toolbar icon for the active tab, without waiting. */
  clickIcon(page: Page): Promise<void> {
    return this.#host.clickIcon(page);
  }

  /** Runs a function that starts a download, and returns the file once it is complete. */
  download(start: () => Promise<void>): Promise<Download> {
    return this.#host.download(start);
  }

  /** Counts the scripts of extensions in a page. */
  scriptsIn(page: Page): Promise<number> {
    return this.#host.scriptsIn(page);
  }

  /** Clicks the toolbar icon while `page` is active, and returns the panel once it has received the click. */
  async clickToolbar(page: Page): Promise<Panel> {
    await page.bringToFront();
    const heard = await this.#panel?.nextClick();
    await this.#host.clickIcon(page);
    await heard?.();
    return this.panel();
  }

  /** Clicks again in a tab that has loaded another page, if that ended the access that the first click granted. */
  async clickToolbarAgain(page: Page): Promise<void> {
    if (this.#host.grants === "site") return;
    await (await this.panel()).says(text("chip_lost"));
    await this.clickToolbar(page);
  }

  /** Returns the panel once it is open. */
  async panel(): Promise<Panel> {
    return (this.#panel = await this.#host.panel());
  }

  /** Takes the screenshot `<name>.png` of a tab, if screenshots are wanted. */
  async photograph(page: Page, name: string): Promise<void> {
    const folder = environment.shots();
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** Waits until the window of the browser is closed. */
  async closed(): Promise<void> {
    await new Promise((resolve) => this.browser.once("disconnected", resolve));
  }

  /** Closes everything; fails if a panel reported an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      assert.deepEqual(await this.#host.close(), [], "errors in the panel");
    } finally {
      await this.#copy?.[Symbol.asyncDispose]();
      await this.installation.close();
    }
  }
}
