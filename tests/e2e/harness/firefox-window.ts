/**
 * Firefox's own window, around the pages. Our scripts may run in it because the browser was started with
 * `--remote-allow-system-access`.
 */

import type { Browser, Page } from "puppeteer-core";

import { contextOf, send, resultOf } from "./bidi.ts";
import { eventually } from "./eventually.ts";

/** The parts of the window's own document that are used. */
interface ContentBrowser extends Element {
  permanentKey?: object;
  readonly currentURI: { readonly spec: string };
  readonly browsingContext: {
    prefersColorSchemeOverride: "dark" | "light";
    readonly top: { readonly embedderElement: ContentBrowser | null };
  };
  readonly webProgress: { readonly isLoadingDocument: boolean };
}

interface NavigableManager {
  getBrowserById(id: string): ContentBrowser | null;
  getIdForBrowser(browser: ContentBrowser): string;
}

interface ConsoleMessage {
  readonly message: string;
}

/** All scripts of extensions in pages, as the browser's parent process knows them. */
interface ExtensionParent {
  readonly ParentAPIManager: {
    readonly proxyContexts: ReadonlyMap<
      string,
      { readonly envType: string; readonly browsingContext: ContentBrowser["browsingContext"] | undefined }
    >;
  };
}

interface Downloads {
  readonly ALL: unique symbol;
  getList(
    which: Downloads["ALL"],
  ): Promise<{ getAll(): Promise<{ readonly succeeded: boolean; readonly target: { readonly path: string } }[]> }>;
}

/** The modules that are used, by their addresses. */
interface Modules {
  "chrome://remote/content/shared/NavigableManager.sys.mjs": { NavigableManager: NavigableManager };
  "resource://gre/modules/ExtensionParent.sys.mjs": { ExtensionParent: ExtensionParent };
  "resource://gre/modules/Downloads.sys.mjs": { Downloads: Downloads };
}

declare const Ci: {
  nsIScriptError: new () => ConsoleMessage & { readonly sourceName: string };
  nsIClipboardHelper: object;
};
declare const Cc: {
  "@mozilla.org/widget/clipboardhelper;1": { getService(type: object): { copyString(text: string): void } };
};
declare const Services: { console: { getMessageArray(): ConsoleMessage[] } };

interface Policy {
  extension: { readonly backgroundState: string; terminateBackground(): Promise<void> };
}

declare const WebExtensionPolicy: { getByID(id: string): Policy };
declare const ChromeUtils: { importESModule<Address extends keyof Modules>(address: Address): Modules[Address] };
declare function synthesizeMouseEvent(
  type: string,
  x: number,
  y: number,
  event: { button: number; buttons: number; clickCount: number },
): void;

/** Runs functions in the window, one at a time. */
export class FirefoxWindow {
  readonly #browser: Browser;
  readonly #context: string;
  readonly #extension: string;

  private constructor(browser: Browser, context: string, extension: string) {
    this.#browser = browser;
    this.#context = context;
    this.#extension = extension;
  }

  static async of(browser: Browser, extension: string): Promise<FirefoxWindow> {
    const window = new FirefoxWindow(browser, await firstWindow(browser), extension);
    await window.#makeSidebarKnown();
    return window;
  }

  /** Clicks the extension's button with the mouse. */
  async clickIcon(): Promise<void> {
    await this.#click(`toolbarbutton[data-extensionid="${this.#extension}"]`);
  }

  /** Closes the sidebar with its close button. */
  async closeSidebar(): Promise<void> {
    await this.#click("#sidebar-close");
  }

  /** Moves the keyboard focus to the sidebar. */
  async focusSidebar(): Promise<void> {
    await this.#run(() => {
      const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
      frame?.contentDocument?.getElementById("webext-panels-browser")?.focus();
    });
  }

  /** Counts the scripts of extensions in a page. */
  scriptsIn(page: string): Promise<number> {
    return this.#run((page) => {
      const { NavigableManager } = ChromeUtils.importESModule(
        "chrome://remote/content/shared/NavigableManager.sys.mjs",
      );
      const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
      return [...ExtensionParent.ParentAPIManager.proxyContexts.values()].filter(({ envType, browsingContext }) => {
        const browser = browsingContext?.top.embedderElement;
        return envType === "content_parent" && browser && NavigableManager.getIdForBrowser(browser) === page;
      }).length;
    }, page);
  }

  /** Returns the paths of completed downloads. */
  async downloads(): Promise<string[]> {
    const paths = await this.#run(async () => {
      const { Downloads } = ChromeUtils.importESModule("resource://gre/modules/Downloads.sys.mjs");
      const all = await (await Downloads.getList(Downloads.ALL)).getAll();
      return JSON.stringify(all.filter(({ succeeded }) => succeeded).map(({ target }) => target.path));
    });
    return JSON.parse(paths) as string[];
  }

  /** Ends the extension's event page. */
  async endEventPage(): Promise<void> {
    const state = await this.#run(async (id) => {
      const { extension } = WebExtensionPolicy.getByID(id);
      await extension.terminateBackground();
      return extension.backgroundState;
    }, this.#extension);
    if (state !== "stopped") throw new Error(`the event page is ${state}`);
  }

  /** Returns the errors of all pages of the extension: BiDi reports the console of tabs only. */
  async errors(): Promise<string[]> {
    const found = await this.#run(() =>
      JSON.stringify(
        Services.console
          .getMessageArray()
          .filter((message) => message instanceof Ci.nsIScriptError && message.sourceName.startsWith("moz-extension:"))
          .map(({ message }) => message),
      ),
    );
    // Not every finding has a remedy, and Chromium returns an empty text without an error.
    return (JSON.parse(found) as string[]).filter((message) => !message.includes("Unknown localization message"));
  }

  /** Returns identifier and address of the sidebar's page once it is loaded. */
  sidebar(): Promise<[context: string, url: string]> {
    return eventually("a sidebar that is loaded", async () => {
      const shown = await this.#run(() => {
        const { NavigableManager } = ChromeUtils.importESModule(
          "chrome://remote/content/shared/NavigableManager.sys.mjs",
        );
        const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
        const browser = frame?.contentDocument?.getElementById("webext-panels-browser") as
          | ContentBrowser
          | null
          | undefined;
        if (!browser || browser.webProgress.isLoadingDocument || !browser.currentURI.spec.startsWith("moz-extension:"))
          return "";
        browser.permanentKey ??= {};
        return `${NavigableManager.getIdForBrowser(browser)} ${browser.currentURI.spec}`;
      });
      const [context, url] = shown.split(" ");
      return context && url ? [context, url] : undefined;
    });
  }

  /** Sets the width of the sidebar. */
  async widenSidebar(width: number): Promise<void> {
    await this.#run((width) => {
      const box = document.getElementById("sidebar-box");
      if (!box) throw new Error("the window has no sidebar");
      box.style.width = `${width}px`;
    }, String(width));
  }

  /** Makes WebDriver BiDi find the sidebar, too, which by itself finds only what is shown in tabs. */
  async #makeSidebarKnown(): Promise<void> {
    await this.#run(() => {
      const { NavigableManager } = ChromeUtils.importESModule(
        "chrome://remote/content/shared/NavigableManager.sys.mjs",
      );
      const inTabs = NavigableManager.getBrowserById.bind(NavigableManager);
      NavigableManager.getBrowserById = (id) => {
        const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
        const browser = frame?.contentDocument?.getElementById("webext-panels-browser") as
          | ContentBrowser
          | null
          | undefined;
        return browser?.permanentKey && NavigableManager.getIdForBrowser(browser) === id ? browser : inTabs(id);
      };
    });
  }

  /** Clicks a part of the window with the mouse. */
  async #click(selector: string): Promise<void> {
    await this.#run((selector) => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      if (!box || box.width === 0) throw new Error(`the window has no ${selector}`);
      for (const type of ["mousemove", "mousedown", "mouseup"]) {
        synthesizeMouseEvent(type, box.x + box.width / 2, box.y + box.height / 2, {
          button: 0,
          buttons: type === "mousedown" ? 1 : 0,
          clickCount: 1,
        });
      }
    }, selector);
  }

  #run<Result>(play: (...values: string[]) => Result, ...values: string[]): Promise<Awaited<Result>> {
    return run(this.#browser, this.#context, play, values);
  }
}

/** Sets the preferred colour scheme of a page. */
export async function preferColours(page: Page, colours: "dark" | "light"): Promise<void> {
  const prefer = (page: string, colours: string): void => {
    const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
    const browser = NavigableManager.getBrowserById(page);
    if (!browser) throw new Error("there is no such page");
    browser.browsingContext.prefersColorSchemeOverride = colours as "dark" | "light";
  };
  await run(page.browser(), await firstWindow(page.browser()), prefer, [contextOf(page), colours]);
}

/** Writes a text to the clipboard. */
export async function putIntoClipboard(browser: Browser, text: string): Promise<void> {
  const put = (text: string): void =>
    Cc["@mozilla.org/widget/clipboardhelper;1"].getService(Ci.nsIClipboardHelper).copyString(text);
  await run(browser, await firstWindow(browser), put, [text]);
}

async function firstWindow(browser: Browser): Promise<string> {
  const { contexts } = await send(browser, "browsingContext.getTree", { "moz:scope": "chrome" });
  const found = contexts[0];
  if (!found) throw new Error("Firefox has no window");
  return found.context;
}

async function run<Result>(
  browser: Browser,
  context: string,
  play: (...values: string[]) => Result,
  values: string[],
): Promise<Awaited<Result>> {
  const evaluation = await send(browser, "script.callFunction", {
    functionDeclaration: play.toString(),
    arguments: values.map((value) => ({ type: "string", value })),
    target: { context },
    awaitPromise: true,
  });
  return resultOf(evaluation).value as Awaited<Result>;
}
