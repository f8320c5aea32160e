/** A Chromium in a new profile, usually with the extension. */

import puppeteer, { type Browser, type Extension, type Target } from "puppeteer-core";

import { environment } from "./environment.ts";

export interface ChromiumOptions {
  /** Without a window; true unless said otherwise. */
  headless?: boolean;
  /** Language of the browser, which decides the language of the panel. */
  language?: string;
  /** Folder of the unpacked extension; the one that was built unless said otherwise. */
  extension?: string;
  /** Folder of the profile, which stays; a new one that goes with the browser unless said otherwise. */
  profile?: string;
}

const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  // Containers and root have no user namespaces; only pages of our own are opened.
  "--no-sandbox",
];

/** Starts the browser with the extension. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<{ browser: Browser; extension: Extension }> {
  const browser = await launchBrowser(options);
  try {
    const id = await browser.installExtension(options.extension ?? environment.extension());
    const extension = (await browser.extensions()).get(id);
    if (extension === undefined) throw new Error("the extension was not loaded");
    await listening(browser, extension);
    return { browser, extension };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Waits until the background script has run: a click before that would be heard by nobody. */
async function listening(browser: Browser, extension: Extension): Promise<void> {
  const isBackground = (target: Target): boolean => target.type() === "service_worker" && target.url().includes(extension.id);
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

/** Starts the browser alone; a profile of its own is removed when it is closed. */
export function launchBrowser({ headless = true, language = "en-US", profile }: ChromiumOptions = {}): Promise<Browser> {
  return puppeteer.launch({
    executablePath: environment.chromium(),
    // Named later: `launch` leaves a browser behind when it cannot load an extension.
    enableExtensions: true,
    // Extensions can be loaded through a pipe only.
    pipe: true,
    ...(profile === undefined ? {} : { userDataDir: profile }),
    headless,
    acceptInsecureCerts: environment.insecureTls(),
    args: [...FLAGS, `--lang=${language}`, ...(headless ? [] : ["--window-size=1400,900"])],
    // Chromium on Linux takes its language from here.
    env: { ...process.env, LANGUAGE: language.replace("-", "_") },
    ...(headless ? {} : { defaultViewport: null }),
  });
}
