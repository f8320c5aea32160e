/**
 * A Firefox in a new profile with the extension. Toolbar and sidebar belong to the browser's own window, where scripts of ours may
 * run because it was started with `--remote-allow-system-access`.
 */

import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import axe from "axe-core";
import puppeteer, { type Browser, type ElementHandle, type Page } from "puppeteer-core";

import manifest from "../../../extension/manifest.firefox.json" with { type: "json" };
import { announce, send, valueOf } from "./bidi.ts";
import { environment } from "./environment.ts";
import type { Host, HostOptions } from "./host.ts";
import { Panel } from "./panel.ts";
import type { ShotOptions } from "./screen.ts";

/** Large enough for a tab beside a sidebar. */
const WINDOW = ["--width=1300", "--height=900"];

/** Milliseconds that an open sidebar may take to load. */
const TIMEOUT = 30_000;

const PREFERENCES = {
  "ui.prefersReducedMotion": 1,
  // Others leave a white gutter in photographs.
  "ui.useOverlayScrollbars": 1,
};

export class Firefox implements Host {
  readonly browser: Browser;
  readonly grants = "page";
  readonly #window: Window;
  readonly #panels = new Map<string, Sidebar>();

  private constructor(browser: Browser, window: Window) {
    this.browser = browser;
    this.#window = window;
  }

  /** Starts the browser with the extension. */
  static async launch({ headless = true, extension = environment.extension(), policy }: HostOptions = {}): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: environment.firefox(),
      headless,
      acceptInsecureCerts: environment.insecureTls(),
      args: ["--remote-allow-system-access", ...WINDOW],
      extraPrefsFirefox: PREFERENCES,
      defaultViewport: null,
      ...(policy ? { env: { ...process.env, HOME: await homeWith(policy) } } : {}),
    });
    try {
      const id = await browser.installExtension(extension);
      return new Firefox(browser, await Window.of(browser, id));
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async clickIcon(): Promise<void> {
    await this.#window.clickIcon();
  }

  /** Ends the event page, as Firefox does when it has been idle for a while. */
  async endEventPage(): Promise<void> {
    await this.#window.endEventPage();
  }

  async panel(): Promise<Panel> {
    const [context, url] = await this.#window.sidebar();
    const known = this.#panels.get(context);
    if (known) return known;
    const created = this.browser.waitForTarget((target) => target.url() === url);
    // Firefox tells of the pages in its tabs only.
    announce(this.browser, { context, url, parent: null, userContext: "default", clientWindow: "", originalOpener: null, children: [] });
    const page = await (await created).asPage();
    const panel = await Sidebar.in(this.#window, page);
    this.#panels.set(context, panel);
    return panel;
  }

  async close(): Promise<string[]> {
    try {
      return await this.#window.errors();
    } finally {
      await this.browser.close();
    }
  }
}

/** The folder of a user whose Firefox is managed. */
async function homeWith(policy: object): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "cowbell-"));
  const folder = join(home, ".mozilla/managed-storage");
  await mkdir(folder, { recursive: true });
  const { id } = manifest.browser_specific_settings.gecko;
  await writeFile(join(folder, `${id}.json`), JSON.stringify({ name: id, description: "A policy", type: "storage", data: policy }));
  return home;
}

/** The panel in Firefox's sidebar. */
class Sidebar extends Panel {
  readonly #window: Window;

  private constructor(window: Window, page: Page) {
    super(page);
    this.#window = window;
  }

  static async in(window: Window, page: Page): Promise<Sidebar> {
    const sidebar = new Sidebar(window, page);
    await sidebar.appear({});
    return sidebar;
  }

  override async named(role: string, name: string): Promise<ElementHandle> {
    let found: ElementHandle | undefined;
    await this.until(async () => (found = await this.#named(role, name)) !== undefined);
    if (!found) throw new Error(`the sidebar has no ${role} ${name}`);
    return found;
  }

  override press(name: string): Promise<void> {
    return this.hit(
      () => this.named("button", name),
      (target) => target.asLocator(),
    );
  }

  /** Beside the tab it always is. */
  protected override toFront(): Promise<void> {
    return Promise.resolve();
  }

  /** Firefox looks for names in one component at a time; axe-core looks into all of them. */
  async #named(role: string, name: string): Promise<ElementHandle | undefined> {
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(axe.source);
    const found = await this.page.evaluateHandle(
      (role, name) => {
        const { commons, setup, teardown, utils } = (globalThis as unknown as { axe: AxeInside }).axe;
        try {
          const fits = utils.querySelectorAll(setup(document), "*").find(
            (node) => commons.aria.getRole(node) === role && commons.text.accessibleTextVirtual(node) === name && commons.dom.isVisibleToScreenReaders(node),
          );
          return fits?.actualNode;
        } finally {
          teardown();
        }
      },
      role,
      name,
    );
    return (found.asElement() as ElementHandle<Element> | null) ?? undefined;
  }

  protected override async appear({ width = 360, dark = false }: ShotOptions): Promise<void> {
    await this.#window.showSidebar(width, dark);
    await this.page.waitForFunction((width, dark) => innerWidth === width && matchMedia("(prefers-color-scheme: dark)").matches === dark, {}, width, dark);
  }
}

/** What of axe-core its types keep to themselves. */
interface AxeInside {
  setup(document: Document): VirtualNode;
  teardown(): void;
  utils: { querySelectorAll(root: VirtualNode, selector: string): VirtualNode[] };
  commons: {
    aria: { getRole(node: VirtualNode): string | null };
    text: { accessibleTextVirtual(node: VirtualNode): string };
    dom: { isVisibleToScreenReaders(node: VirtualNode): boolean };
  };
}

interface VirtualNode {
  actualNode: Element;
}

/** What of the window's own document is used. */
interface ContentBrowser extends Element {
  permanentKey?: object;
  readonly currentURI: { readonly spec: string };
  readonly browsingContext: { prefersColorSchemeOverride: "dark" | "light" };
  readonly webProgress: { readonly isLoadingDocument: boolean };
}

interface NavigableManager {
  getBrowserById(id: string): ContentBrowser | null;
  getIdForBrowser(browser: ContentBrowser): string;
}

interface ConsoleMessage {
  readonly message: string;
}

declare const Ci: { nsIScriptError: new () => ConsoleMessage & { readonly sourceName: string } };
declare const Services: { console: { getMessageArray(): ConsoleMessage[] } };

interface Policy {
  extension: { readonly backgroundState: string; terminateBackground(): Promise<void> };
}

declare const WebExtensionPolicy: { getByID(id: string): Policy };
declare const ChromeUtils: { importESModule(address: string): { NavigableManager: NavigableManager } };
declare function synthesizeMouseEvent(type: string, x: number, y: number, event: { button: number; buttons: number; clickCount: number }): void;

/** The browser's window: what is around the pages. Its functions run in there, one by one. */
class Window {
  readonly #browser: Browser;
  readonly #context: string;
  readonly #extension: string;

  private constructor(browser: Browser, context: string, extension: string) {
    this.#browser = browser;
    this.#context = context;
    this.#extension = extension;
  }

  static async of(browser: Browser, extension: string): Promise<Window> {
    const { contexts } = await send(browser, "browsingContext.getTree", { "moz:scope": "chrome" });
    const found = contexts[0];
    if (!found) throw new Error("Firefox has no window");
    const window = new Window(browser, found.context, extension);
    await window.#makeSidebarKnown();
    return window;
  }

  /** Clicks the extension's button with the mouse. */
  async clickIcon(): Promise<void> {
    await this.#run((extension) => {
      const box = document.querySelector(`toolbarbutton[data-extensionid="${extension}"]`)?.getBoundingClientRect();
      if (!box || box.width === 0) throw new Error("the toolbar has no button for the extension");
      for (const type of ["mousemove", "mousedown", "mouseup"]) {
        synthesizeMouseEvent(type, box.x + box.width / 2, box.y + box.height / 2, { button: 0, buttons: type === "mousedown" ? 1 : 0, clickCount: 1 });
      }
    }, this.#extension);
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

  /** What went wrong in any page of the extension: BiDi reports the console of tabs only. */
  async errors(): Promise<string[]> {
    const found = await this.#run(() =>
      JSON.stringify(
        Services.console
          .getMessageArray()
          .filter((message) => message instanceof Ci.nsIScriptError && message.sourceName.startsWith("moz-extension:"))
          .map(({ message }) => message),
      ),
    );
    // Not every finding has a remedy, and Chromium takes no offence at being asked for it.
    return (JSON.parse(found) as string[]).filter((message) => !message.includes("Unknown localization message"));
  }

  /** Identifier and address of what the sidebar shows, as soon as that is loaded. */
  async sidebar(): Promise<[context: string, url: string]> {
    for (const end = Date.now() + TIMEOUT; Date.now() < end; ) {
      const shown = await this.#run(() => {
        const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
        const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
        const browser = frame?.contentDocument?.getElementById("webext-panels-browser") as ContentBrowser | null | undefined;
        if (!browser || browser.webProgress.isLoadingDocument || !browser.currentURI.spec.startsWith("moz-extension:")) return "";
        browser.permanentKey ??= {};
        return `${NavigableManager.getIdForBrowser(browser)} ${browser.currentURI.spec}`;
      });
      const [context, url] = shown.split(" ");
      if (context && url) return [context, url];
    }
    throw new Error("the sidebar did not open");
  }

  /** Gives the sidebar a width, and the colours that somebody prefers. */
  async showSidebar(width: number, dark: boolean): Promise<void> {
    await this.#run(
      (width, scheme) => {
        const box = document.getElementById("sidebar-box");
        const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
        const browser = frame?.contentDocument?.getElementById("webext-panels-browser") as ContentBrowser | null | undefined;
        if (!box || !browser) throw new Error("the sidebar is closed");
        box.style.width = `${width}px`;
        browser.browsingContext.prefersColorSchemeOverride = scheme as "dark" | "light";
      },
      String(width),
      dark ? "dark" : "light",
    );
  }

  /** WebDriver BiDi finds what is shown in tabs only; from now on it finds the sidebar, too. */
  async #makeSidebarKnown(): Promise<void> {
    await this.#run(() => {
      const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
      const inTabs = NavigableManager.getBrowserById.bind(NavigableManager);
      NavigableManager.getBrowserById = (id) => {
        const frame = document.getElementById("sidebar") as HTMLIFrameElement | null;
        const browser = frame?.contentDocument?.getElementById("webext-panels-browser") as ContentBrowser | null | undefined;
        return browser?.permanentKey && NavigableManager.getIdForBrowser(browser) === id ? browser : inTabs(id);
      };
    });
  }

  async #run<Result>(play: (...values: string[]) => Result, ...values: string[]): Promise<Awaited<Result>> {
    const evaluation = await send(this.#browser, "script.callFunction", {
      functionDeclaration: play.toString(),
      arguments: values.map((value) => ({ type: "string", value })),
      target: { context: this.#context },
      awaitPromise: true,
    });
    return valueOf(evaluation).value as Awaited<Result>;
  }
}
