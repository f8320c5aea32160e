/** A Chromium in a new profile, usually with the extension. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer, { type Browser, type Extension, type Page, type Target } from "puppeteer-core";

import { environment } from "./environment.ts";
import type { Download, Driver, DriverOptions } from "./driver.ts";
import { Panel } from "./panel.ts";

const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  // Containers and root have no user namespaces; only trusted pages are opened.
  "--no-sandbox",
];

export class Chromium implements Driver {
  readonly browser: Browser;
  readonly extension: Extension;
  readonly grants = "site";
  readonly #panels = new Map<Target, Panel>();

  private constructor(browser: Browser, extension: Extension) {
    this.browser = browser;
    this.extension = extension;
  }

  /** Starts the browser with the extension. */
  static async launch(options: DriverOptions = {}): Promise<Chromium> {
    const browser = await launchBrowser(options);
    try {
      const id = await browser.installExtension(options.extension ?? environment.extension());
      const extension = (await browser.extensions()).get(id);
      if (extension === undefined) throw new Error("the extension was not loaded");
      await listening(browser, extension);
      return new Chromium(browser, extension);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  clickIcon(page: Page): Promise<void> {
    return page.triggerExtensionAction(this.extension);
  }

  async panel(): Promise<Panel> {
    const target = await this.browser.waitForTarget((target) => this.#isPanel(target));
    const panel = this.#panels.get(target) ?? (await Panel.of(await target.asPage()));
    this.#panels.set(target, panel);
    return panel;
  }

  async download(start: () => Promise<void>): Promise<Download> {
    const session = await this.browser.target().createCDPSession();
    const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
    try {
      await session.send("Browser.setDownloadBehavior", {
        behavior: "allowAndName",
        downloadPath: folder,
        eventsEnabled: true,
      });
      let name = "";
      session.on("Browser.downloadWillBegin", ({ suggestedFilename }) => (name = suggestedFilename));
      const done = new Promise<string>((resolve, reject) => {
        session.on("Browser.downloadProgress", ({ guid, state }) => {
          if (state === "completed") resolve(guid);
          if (state === "canceled") reject(new Error(`${name} was not downloaded`));
        });
      });
      await start();
      return { text: await readFile(join(folder, await done), "utf8"), name };
    } finally {
      await session.detach();
      await rm(folder, { recursive: true });
    }
  }

  async scriptsIn(page: Page): Promise<number> {
    const session = await page.createCDPSession();
    let count = 0;
    session.on("Runtime.executionContextCreated", ({ context }) => {
      if (context.origin.startsWith("chrome-extension:")) count++;
    });
    // Existing execution contexts are reported before the call returns.
    await session.send("Runtime.enable");
    await session.detach();
    return count;
  }

  async close(): Promise<string[]> {
    await this.browser.close();
    return [...this.#panels.values()].flatMap(({ problems }) => problems);
  }

  #isPanel(target: Target): boolean {
    return target.url().startsWith(`chrome-extension://${this.extension.id}/panel.html`);
  }
}

/** Waits until the background script has run, because an earlier click would have no listener. */
async function listening(browser: Browser, extension: Extension): Promise<void> {
  const isBackground = (target: Target): boolean =>
    target.type() === "service_worker" && target.url().includes(extension.id);
  const worker = await (await browser.waitForTarget(isBackground)).worker();
  await worker?.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const { serviceWorker } = globalThis as unknown as { serviceWorker: ServiceWorker };
        const resolveIfActive = (): void => {
          if (serviceWorker.state === "activated") resolve();
        };
        serviceWorker.addEventListener("statechange", resolveIfActive);
        resolveIfActive();
      }),
  );
}

/** Starts the browser without the extension; its own profile is removed when it closes. */
export function launchBrowser({ headless = true, language = "en-US", profile }: DriverOptions = {}): Promise<Browser> {
  return puppeteer.launch({
    executablePath: environment.chromium(),
    // Installed separately, because `launch` leaves the browser running if it cannot load an extension.
    enableExtensions: true,
    // Extensions can be loaded only over a pipe.
    pipe: true,
    ...(profile === undefined ? {} : { userDataDir: profile }),
    headless,
    // Whoever waits says how long: this is longer than any of them.
    protocolTimeout: 900_000,
    acceptInsecureCerts: environment.insecureTls(),
    args: [...FLAGS, `--lang=${language}`, ...(headless ? [] : ["--window-size=1400,900"])],
    // Chromium on Linux takes its language from here.
    env: { ...process.env, LANGUAGE: language.replace("-", "_") },
    ...(headless ? {} : { defaultViewport: null }),
  });
}
