/** The page without the extension, served to a browser from its folder. Every request is recorded, and nothing else is served. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Browser, HTTPRequest, Page } from "puppeteer-core";

import type { Language } from "../../../extension/src/panel/text/languages.ts";
import german from "../../../www/src/texts.de.json";
import english from "../../../www/src/texts.json";
import { launchBrowser } from "./chromium.ts";
import { environment } from "./environment.ts";
import { launchFirefox } from "./firefox.ts";
import { speak } from "./messages.ts";
import { Screen } from "./screen.ts";

/** The page's own texts. */
export type SiteTexts = typeof english;

/** Returns the languages of the page, the one in which it opens first, with its own texts. */
export function siteLanguages(): [Speaking, Speaking] {
  const [en, de]: [Speaking, Speaking] = [
    { language: "en", words: english },
    { language: "de", words: german },
  ];
  return environment.language() === "de" ? [de, en] : [en, de];
}

interface Speaking {
  language: Language;
  words: SiteTexts;
}

/** The origin that the browser sees. */
const ORIGIN = "https://cowbell.example";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export class Site extends Screen {
  /** Every address that was requested. */
  readonly asked: string[] = [];
  /** Whether the network is gone: nothing is answered any more. */
  isOffline = false;
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, page: Page, folder: string) {
    super(page);
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Opens the page in a browser of its own, in the language of the journeys; the browser is this many times slower than this machine (Chromium only). */
  static async open(slower = 1): Promise<Site> {
    const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
    const browser = environment.browser() === "firefox" ? await launchFirefox({}, folder) : await launchBrowser();
    try {
      const site = new Site(browser, await browser.newPage(), folder);
      await site.appear({});
      site.page.on("request", (request) => void site.#answer(request));
      await site.page.setRequestInterception(true);
      const [{ language }] = siteLanguages();
      await site.page.evaluateOnNewDocument((language) => {
        for (const [name, value] of Object.entries({ language, languages: [language] }))
          Object.defineProperty(navigator, name, { get: () => value });
      }, language);
      speak(language, language);
      if (slower > 1) await site.page.emulateCPUThrottling(slower);
      await site.page.goto(`${ORIGIN}/index.html`);
      return site;
    } catch (error) {
      await browser.close();
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true });
  }

  /** Returns how many bytes the page has got so far, each file compressed. */
  async transferred(): Promise<number> {
    const files = new Set(this.asked.map((request) => new URL(request.slice(request.indexOf(" ") + 1)).pathname));
    const sizes = await Promise.all(
      [...files].map(async (path) => gzipSync(await readFile(join(environment.site(), path)), { level: 9 }).length),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Shows the page as wide as on a desk, where it has a picture, and waits for that. */
  async widen(): Promise<void> {
    await this.appear({ width: 1280, height: 860 });
    await this.until(() =>
      this.page.evaluate(() =>
        [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 0),
      ),
    );
  }

  /** Returns everything in which a page could store something, each empty if it has not. */
  stored(): Promise<unknown[]> {
    return this.page.evaluate(async () => [
      document.cookie,
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      await caches.keys(),
    ]);
  }

  async #answer(request: HTTPRequest): Promise<void> {
    // The browser's own drawings, such as those of a field for a day.
    if (request.url().startsWith("data:")) return request.continue();
    this.asked.push(`${request.method()} ${request.url()}`);
    const { origin, pathname } = new URL(request.url());
    const type = TYPES[extname(pathname)];
    if (this.isOffline || origin !== ORIGIN || type === undefined) return request.abort();
    await request.respond({ contentType: type, body: await readFile(join(environment.site(), pathname)) });
  }
}
