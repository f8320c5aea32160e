/**
 * The browser that the panel and its script in a page meet here: the part of the extension API that `extension/src/ext.ts` calls, over tabs
 * in this page. The build puts `chrome` in the place of the global of that name.
 */

import type { Simulation, WindowKind } from "cowbell-core";
import { Tab } from "./tab";

/** What shows the tabs. */
export interface Screen {
  /** Returns where the frames of tabs go. */
  place(): HTMLElement;
  /** A tab has another page, is shown, or was opened or closed. */
  onChange(): void;
}

interface Listeners<L> {
  addListener(listener: L): void;
  removeListener(listener: L): void;
}

/** Listeners, and a function that calls them. */
class Channel<A extends unknown[]> implements Listeners<(...values: A) => void> {
  readonly #listeners = new Set<(...values: A) => void>();

  addListener(listener: (...values: A) => void): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: (...values: A) => void): void {
    this.#listeners.delete(listener);
  }

  emit(...values: A): void {
    for (const listener of this.#listeners) listener(...values);
  }
}

/** One end of a port. */
class End {
  readonly name: string;
  readonly onMessage = new Channel<[unknown]>();
  readonly onDisconnect = new Channel<[]>();
  other: End | undefined;

  constructor(name: string) {
    this.name = name;
  }

  postMessage(message: unknown): void {
    const { other } = this;
    if (!other) throw new Error("the port is closed");
    // As between two processes: a copy, later.
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => this.other === other && other.onMessage.emit(copy));
  }

  /** Closes the port; only the other end is told. */
  disconnect(): void {
    const { other } = this;
    if (!other) return;
    this.other = undefined;
    other.other = undefined;
    other.onDisconnect.emit();
  }
}

/** A tab with what the browser knows of it. */
interface Entry {
  tab: Tab;
  /** Origin to which a click on the icon has given access. */
  granted: string | undefined;
  /** Ends of ports in its page. */
  ends: Set<End>;
  /** The script of the extension in its page. */
  onConnect: Channel<[End]> | undefined;
}

const WINDOW = 1;
const CLICK = "click";

class SimulatedBrowser {
  readonly storage = new Map<string, unknown>();
  readonly onStored = new Channel<[Record<string, { newValue: unknown }>]>();
  readonly onUpdated = new Channel<[number, { status: string }]>();
  readonly onRemoved = new Channel<[number]>();
  readonly tabs = new Map<number, Entry>();
  /** The tab that is shown. */
  active = 0;
  #last = 0;
  #screen: Screen | undefined;
  #simulation: (() => Simulation) | undefined;
  #kept = new Map<string, string>();

  /** Begins anew, with a screen and what is behind it. */
  start(screen: Screen, simulation: () => Simulation): void {
    for (const { tab } of this.tabs.values()) tab.close();
    this.tabs.clear();
    this.storage.clear();
    this.#kept = new Map();
    this.#screen = screen;
    this.#simulation = simulation;
  }

  async open(url: string, window: WindowKind = "own"): Promise<Tab> {
    const screen = this.#screen;
    const simulation = this.#simulation;
    if (!screen || !simulation) throw new Error("the browser has not been started");
    // What the last private window knew is gone with it.
    if (window === "private" && ![...this.tabs.values()].some(({ tab }) => tab.window === "private"))
      simulation().closePrivate();
    const id = ++this.#last;
    const events = {
      onLeave: () => this.#leave(id),
      onLoaded: () => this.#loaded(id),
    };
    const kept = window === "own" ? this.#kept : new Map<string, string>();
    const tab = new Tab(id, window, screen.place(), kept, simulation, events);
    this.tabs.set(id, { tab, granted: undefined, ends: new Set(), onConnect: undefined });
    this.show(id);
    await tab.navigate(url);
    return tab;
  }

  show(id: number): void {
    this.active = id;
    this.#screen?.onChange();
  }

  close(id: number): void {
    this.entry(id).tab.close();
    this.tabs.delete(id);
    this.onRemoved.emit(id);
    this.show([...this.tabs.keys()].at(-1) ?? 0);
  }

  /** The icon is clicked in a tab, which gives access to it. */
  click(id: number): void {
    const entry = this.entry(id);
    const { url } = entry.tab;
    entry.granted = originOf(url);
    this.store({ [CLICK]: { tabId: id, windowId: WINDOW, url, at: Date.now() } });
  }

  store(values: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(values)) this.storage.set(name, value);
    this.onStored.emit(Object.fromEntries(Object.entries(values).map(([name, newValue]) => [name, { newValue }])));
  }

  entry(id: number): Entry {
    const entry = this.tabs.get(id);
    if (!entry) throw new Error("there is no such tab");
    return entry;
  }

  hasAccess({ granted, tab }: Entry): boolean {
    return granted !== undefined && granted === originOf(tab.url);
  }

  #leave(id: number): void {
    const entry = this.tabs.get(id);
    if (!entry) return;
    for (const end of entry.ends) {
      // Both ends hear of it: the script in the page goes on running here, and has to stop.
      end.onDisconnect.emit();
      end.disconnect();
    }
    entry.ends.clear();
    entry.onConnect = undefined;
    this.#screen?.onChange();
  }

  #loaded(id: number): void {
    const entry = this.tabs.get(id);
    if (!entry) return;
    // Access ends when a tab goes to another site.
    if (!this.hasAccess(entry)) entry.granted = undefined;
    this.onUpdated.emit(id, { status: "complete" });
    this.#screen?.onChange();
  }
}

/** The one that there is. */
export const simulated = new SimulatedBrowser();

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Runs the extension's script in the page of a tab, once. */
function inject(id: number): void {
  const entry = simulated.entry(id);
  if (!simulated.hasAccess(entry) || entry.tab.isLoading) throw new Error("no access to this page");
  const onConnect = (entry.onConnect ??= new Channel<[End]>());
  entry.tab.inject({
    runtime: { onConnect },
    dom: { openOrClosedShadowRoot: (element: Element) => element.shadowRoot },
  });
}

function connect(id: number, name: string): End {
  const entry = simulated.entry(id);
  const [panel, page] = [new End(name), new End(name)];
  if (!simulated.hasAccess(entry) || !entry.onConnect) throw new Error("nobody listens in this page");
  [panel.other, page.other] = [page, panel];
  entry.ends.add(page);
  entry.onConnect.emit(page);
  return panel;
}

/** In the place of the browser's own. What is not called is not here. */
export const chrome = {
  i18n: { getUILanguage: () => document.documentElement.lang },
  runtime: { lastError: undefined, getManifest: () => ({ version: VERSION }) },
  windows: {
    getCurrent: async () => ({ id: WINDOW }),
    create: async ({ url }: { url: string }) => void (await simulated.open(url, "private")),
  },
  storage: {
    session: {
      onChanged: simulated.onStored,
      get: async (name?: string) =>
        name === undefined ? Object.fromEntries(simulated.storage) : { [name]: simulated.storage.get(name) },
      set: async (values: Record<string, unknown>) => simulated.store(values),
    },
    managed: { get: async () => ({}), onChanged: new Channel() },
  },
  scripting: { executeScript: async ({ target }: { target: { tabId: number } }) => inject(target.tabId) },
  tabs: {
    onUpdated: simulated.onUpdated,
    onRemoved: simulated.onRemoved,
    connect: (id: number, { name }: { name: string }) => connect(id, name),
    get: async (id: number) => {
      const entry = simulated.entry(id);
      const { url, isLoading } = entry.tab;
      return { url: simulated.hasAccess(entry) ? url : undefined, status: isLoading ? "loading" : "complete" };
    },
    create: async ({ url }: { url: string }) => void (await simulated.open(url)),
    update: async (id: number, { url }: { url?: string; active?: boolean }) => {
      simulated.show(id);
      if (url !== undefined) await simulated.entry(id).tab.navigate(url);
    },
    reload: async (id: number) => simulated.entry(id).tab.reload(),
  },
};

/** The version of the workspace; the build puts it here. */
declare const VERSION: string;
