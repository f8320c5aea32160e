/**
 * The only door to the browser's extension API. Everything Cowbell asks of the browser is here, so a reviewer can read it in
 * one sitting, and what differs between browsers differs nowhere else.
 */

export type Port = chrome.runtime.Port;

/** A click on the toolbar icon: the tab that it gave us access to. */
export interface Click {
  tabId: number;
  windowId: number;
  /** Address of the tab; empty where the browser keeps it to itself. */
  url: string;
  /** Milliseconds since 1970; tells two clicks on the same page apart. */
  at: number;
}

const CLICK = "click";

/** Calls `listener` when somebody clicks the toolbar icon. */
export function onIconClick(listener: (tab: { id: number; windowId: number; url: string }) => void): void {
  chrome.action.onClicked.addListener((tab) => {
    if (tab.id !== undefined) listener({ id: tab.id, windowId: tab.windowId, url: tab.url ?? "" });
  });
}

/** Whether this is built for Firefox; the build says so. */
declare const FIREFOX: boolean;

/** Whether access to a tab ends with its page, as in Firefox, and not only when it goes to another site. */
export function accessEndsWithPage(): boolean {
  return FIREFOX;
}

/** Opens the panel. Browsers allow it only within the handler of a click, before anything is awaited. */
export function openPanel(windowId: number): Promise<void> {
  return FIREFOX ? (chrome as unknown as FirefoxOnly).sidebarAction.open() : chrome.sidePanel.open({ windowId });
}

/** Firefox has a sidebar where Chromium has a side panel. */
interface FirefoxOnly {
  sidebarAction: { open(): Promise<void> };
}

/** Leaves a click for the panel to find; it lives in memory, out of reach of pages. */
export function rememberClick(click: Click): Promise<void> {
  return keep({ [CLICK]: click });
}

/** Calls `listener` with the last click in this panel's window, and with every later one. */
export async function onClick(listener: (click: Click) => void): Promise<void> {
  const { id: here } = await chrome.windows.getCurrent();
  const offer = (value: unknown): void => {
    if (isClick(value) && value.windowId === here) listener(value);
  };
  chrome.storage.session.onChanged.addListener((changes) => offer(changes[CLICK]?.newValue));
  offer((await chrome.storage.session.get(CLICK))[CLICK]);
}

function isClick(value: unknown): value is Click {
  return (
    typeof value === "object" &&
    value !== null &&
    "tabId" in value &&
    "windowId" in value &&
    "url" in value &&
    "at" in value
  );
}

/** Everything that was kept for this browser session. */
export function recall(): Promise<Record<string, unknown>> {
  return chrome.storage.session.get();
}

/** Keeps values, each under its name, until the browser ends. Never a secret. */
export function keep(values: Record<string, unknown>): Promise<void> {
  return chrome.storage.session.set(values);
}

/** What an organisation's policy says under a name; undefined if it says nothing. */
export async function managed(name: string): Promise<unknown> {
  try {
    return (await chrome.storage.managed.get(name))[name];
  } catch (error) {
    // Firefox has no storage to read from where nobody made a policy.
    if (FIREFOX) return undefined;
    throw error;
  }
}

/** Runs the page script in the top frame of a tab. Rejects without access to it. */
export async function inject(tabId: number): Promise<void> {
  await chrome.scripting.executeScript({ target: { tabId }, files: ["page.js"] });
}

/** Opens a port to the page script of a tab. */
export function connect(tabId: number, name: string): Port {
  const port = chrome.tabs.connect(tabId, { name, frameId: 0 });
  // Read so that the browser does not report as unhandled what the listener of the port handles.
  port.onDisconnect.addListener(() => void chrome.runtime.lastError);
  return port;
}

/** What may be known of a tab: nothing at all when it is closed, no address when access to it has ended. */
export async function look(tabId: number): Promise<{ url: string | undefined; loading: boolean } | undefined> {
  try {
    const { url, status } = await chrome.tabs.get(tabId);
    return { url, loading: status !== "complete" };
  } catch {
    return undefined;
  }
}

/** Calls `listener` when the tab has loaded a page, or was closed. The returned function ends it. */
export function onTabChange(tabId: number, listener: () => void): () => void {
  const updated = (id: number, change: { status?: string }): void => {
    if (id === tabId && change.status === "complete") listener();
  };
  const removed = (id: number): void => {
    if (id === tabId) listener();
  };
  chrome.tabs.onUpdated.addListener(updated);
  chrome.tabs.onRemoved.addListener(removed);
  return () => {
    chrome.tabs.onUpdated.removeListener(updated);
    chrome.tabs.onRemoved.removeListener(removed);
  };
}

/** Brings a tab to the front, or opens the address in a new one. */
export async function visit(url: string, tabId?: number): Promise<void> {
  if (tabId === undefined) await chrome.tabs.create({ url });
  else await chrome.tabs.update(tabId, { active: true });
}

/** Opens an address in a private window. Rejects where the browser has none. */
export async function visitPrivately(url: string): Promise<void> {
  await chrome.windows.create({ url, incognito: true });
}

/** Sends a tab to another page. Within one site the permission that the click gave goes along. */
export async function navigate(tabId: number, url: string): Promise<void> {
  await chrome.tabs.update(tabId, { url });
}

/** Loads the page of a tab again. */
export function reload(tabId: number): Promise<void> {
  return chrome.tabs.reload(tabId);
}

/** In a page: calls `listener` for every port that the panel opens. */
export function onConnect(listener: (port: Port) => void): void {
  chrome.runtime.onConnect.addListener(listener);
}

/** A text from `_locales`, its placeholders not filled in; empty if there is none. */
export function message(key: string): string {
  return chrome.i18n.getMessage(key);
}

/** Language of the texts, for numbers and plurals. */
export function language(): string {
  return chrome.i18n.getMessage("@@ui_locale").replace("_", "-");
}

/** The version of the extension. */
export function version(): string {
  return chrome.runtime.getManifest().version;
}
