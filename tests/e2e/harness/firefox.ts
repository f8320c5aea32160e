/** A Firefox in a new profile with the extension. */

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import puppeteer, { type Browser, type Page } from "puppeteer-core";

import manifest from "../../../extension/manifest.firefox.json" with { type: "json" };
import { announce, contextOf, send } from "./bidi.ts";
import { environment } from "./environment.ts";
import { eventually } from "./eventually.ts";
import { FirefoxWindow } from "./firefox-window.ts";
import type { Download, Driver, DriverOptions } from "./driver.ts";
import type { Panel } from "./panel.ts";
import { Sidebar } from "./sidebar.ts";

/** Large enough for a tab beside a sidebar. */
const WINDOW = ["--width=1300", "--height=900"];

const PREFERENCES = {
  "ui.prefersReducedMotion": 1,
  // Other scrollbars leave a white gutter in screenshots.
  "ui.useOverlayScrollbars": 1,
  // Downloads go to the folder that is set when the browser is started.
  "browser.download.folderList": 2,
};

export class Firefox implements Driver {
  readonly browser: Browser;
  readonly grants = "page";
  readonly #window: FirefoxWindow;
  readonly #folder: string;
  readonly #panels = new Map<string, Sidebar>();

  private constructor(browser: Browser, window: FirefoxWindow, folder: string) {
    this.browser = browser;
    this.#window = window;
    this.#folder = folder;
  }

  /** Starts the browser with the extension. */
  static async launch({
    extension = environment.extension(),
    privately = false,
    ...options
  }: DriverOptions = {}): Promise<Firefox> {
    const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
    const browser = await launchFirefox(options, folder);
    try {
      const installed = await send(browser, "webExtension.install", {
        extensionData: { type: "path", path: extension },
        "moz:allowPrivateBrowsing": privately,
      });
      return new Firefox(browser, await FirefoxWindow.of(browser, installed.extension), folder);
    } catch (error) {
      await browser.close();
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  async clickIcon(): Promise<void> {
    await this.#window.clickIcon();
  }

  /** Ends the event page, as Firefox does after some idle time. */
  async endEventPage(): Promise<void> {
    await this.#window.endEventPage();
  }

  async panel(): Promise<Panel> {
    const [context, url] = await this.#window.sidebar();
    const known = this.#panels.get(context);
    if (known) return known;
    const created = this.browser.waitForTarget((target) => target.url() === url);
    // Firefox reports only the pages in its tabs.
    const end = announce(this.browser, {
      context,
      url,
      parent: null,
      userContext: "default",
      clientWindow: "",
      originalOpener: null,
      children: [],
    });
    const page = await (await created).asPage();
    const panel = await Sidebar.in(this.#window, page, end);
    this.#panels.set(context, panel);
    return panel;
  }

  async download(start: () => Promise<void>): Promise<Download> {
    const before = new Set(await this.#window.downloads());
    await start();
    const path = await eventually("a complete download", async () =>
      (await this.#window.downloads()).find((path) => !before.has(path)),
    );
    return { name: basename(path), text: await readFile(path, "utf8") };
  }

  scriptsIn(page: Page): Promise<number> {
    return this.#window.scriptsIn(contextOf(page));
  }

  async close(): Promise<string[]> {
    try {
      return await this.#window.errors();
    } finally {
      await this.browser.close();
      await rm(this.#folder, { recursive: true });
    }
  }
}

/** Starts the browser without the extension; its files are in `folder`. */
export async function launchFirefox(
  { headless = true, profile, policy }: DriverOptions,
  folder: string,
): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: environment.firefox(),
    headless,
    acceptInsecureCerts: environment.insecureTls(),
    args: ["--remote-allow-system-access", ...WINDOW],
    extraPrefsFirefox: { ...PREFERENCES, "browser.download.dir": folder },
    userDataDir: profile ?? (await newProfile(folder)),
    ...(policy === undefined ? {} : { env: { ...process.env, HOME: await homeWith(policy, folder) } }),
    defaultViewport: null,
  });
}

/** Creates a profile in which Firefox has done only what it does at its first start, which takes seconds. */
async function newProfile(inside: string): Promise<string> {
  const profile = join(inside, ".profile");
  await cp(environment.firefoxProfile(), profile, { recursive: true });
  return profile;
}

/** Creates the home folder of a user whose extension has a policy. */
async function homeWith(policy: object, inside: string): Promise<string> {
  const home = join(inside, ".home");
  const folder = join(home, ".mozilla/managed-storage");
  await mkdir(folder, { recursive: true });
  const { id } = manifest.browser_specific_settings.gecko;
  await writeFile(
    join(folder, `${id}.json`),
    JSON.stringify({ name: id, description: "A policy", type: "storage", data: policy }),
  );
  return home;
}
