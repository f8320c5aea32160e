/**
 * The only access to the browser's extension API. Every call of it is in this file, so a reviewer can read them all at once, and
 * the differences between browsers are nowhere else.
 */

export type Port = chrome.runtime.Port;

/** A click on the toolbar icon, and the tab that it grants access to. */
export interface Click {
  tabId: number;
  windowId: number;
  /** Address of the tab; empty if the browser does not reveal it. */
  url: string;
  /** Milliseconds since 1970; distinguishes two clicks on the same page. */
  at: number;
}

const CLICK = "click";

/** Calls `listener` when the user clicks the toolbar icon. */
export function onIconClick(listener: (tab: { id: number; windowId: number; url: string }) => void): void {
  chrome.action.onClicked.addListener((tab) => {
    if (tab.id !== undefined) listener({ id: tab.id, windowId: tab.windowId, url: tab.url ?? "" });
  });
}

/** Whether this is the build for Firefox; esbuild defines it. */
declare const FIREFOX: boolean;

/** Whether access to a tab ends with its page, as in Firefox, and not only when the tab goes to another site. */
export function accessEndsWithPage(): boolean {
  return FIREFOX;
}

/** Opens the panel. Browsers allow this only within the handler of a click, before anything is awaited. */
export function openPanel(windowId: number): Promise<void> {
  return FIREFOX ? (chrome as unknown as FirefoxOnly).sidebarAction.open() : chrome.sidePanel.open({ windowId });
}

/** Firefox has a sidebar where Chromium has a side panel. */
interface FirefoxOnly {
  sidebarAction: { open(): Promise<void> };
}

/** Stores a click for the panel to find. Storage of the session is in memory and not accessible to pages. */
export function rememberClick(click: Click): Promise<void> {
  return keep({ [CLICK]: click });
}

/** Calls `listener` with the last click in this panel's window and with every later one. */
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

/** Returns everything that was stored for this browser session. */
export function recall(): Promise<Record<string, unknown>> {
  return chrome.storage.session.get();
}

/** Stores values by name until the browser closes. Never a secret. */
export function keep(values: Record<string, unknown>): Promise<void> {
  return chrome.storage.session.set(values);
}

/** Firefox's words for: there is no policy. It rejects the call then, as it does if something is wrong with one. */
const NO_POLICY = "Managed storage manifest not found";

/** Returns an organisation's policy; undefined if there is none, null if it cannot be read. */
export async function managed(): Promise<Record<string, unknown> | null | undefined> {
  try {
    const policy = await chrome.storage.managed.get();
    return Object.keys(policy).length > 0 ? policy : undefined;
  } catch (error) {
    return FIREFOX && String(error).includes(NO_POLICY) ? undefined : null;
  }
}

/** Calls `listener` whenever an organisation's policy has changed. */
export function onManagedChange(listener: () => void): void {
  chrome.storage.managed.onChanged.addListener(listener);
}

/** Runs the page script in the top frame of a tab. Rejects without access to it. */
export async function inject(tabId: number): Promise<void> {
  await chrome.scripting.executeScript({ target: { tabId }, files: ["page.js"] });
}

/** Opens a port to the page script of a tab. */
export function connect(tabId: number, name: string): Port {
  const port = chrome.tabs.connect(tabId, { name, frameId: 0 });
  // Reading it keeps the browser from reporting an unhandled error; the port's own listener handles the disconnection.
  port.onDisconnect.addListener(() => void chrome.runtime.lastError);
  return port;
}

/** Returns what is known of a tab: undefined if it is closed, no address if access to it has ended. */
export async function look(tabId: number): Promise<{ url: string | undefined; loading: boolean } | undefined> {
  try {
    const { url, status } = await chrome.tabs.get(tabId);
    return { url, loading: status !== "complete" };
  } catch {
    return undefined;
  }
}

/** Calls `listener` when the tab has loaded a page or was closed. The returned function removes the listener. */
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

/** Activates a tab, or opens the address in a new one. */
export async function visit(url: string, tabId?: number): Promise<void> {
  if (tabId === undefined) await chrome.tabs.create({ url });
  else await chrome.tabs.update(tabId, { active: true });
}

/** Opens an address in a private window. Rejects if the browser does not allow one. */
export async function visitPrivately(url: string): Promise<void> {
  await chrome.windows.create({ url, incognito: true });
}

/** Navigates a tab. Within one site, the access that the click granted is kept. */
export async function navigate(tabId: number, url: string): Promise<void> {
  await chrome.tabs.update(tabId, { url });
}

/** Reloads the page of a tab. */
export function reload(tabId: number): Promise<void> {
  return chrome.tabs.reload(tabId);
}

/** In a page: calls `listener` for every port that the panel opens. */
export function onConnect(listener: (port: Port) => void): void {
  chrome.runtime.onConnect.addListener(listener);
}

/** In a page: returns the shadow root of an element, even a closed one. */
export function shadowOf(element: HTMLElement): ShadowRoot | null {
  return FIREFOX
    ? (element as unknown as InFirefox).openOrClosedShadowRoot
    : chrome.dom.openOrClosedShadowRoot(element);
}

/** What Firefox shows of an element to the script of an extension. */
interface InFirefox {
  openOrClosedShadowRoot: ShadowRoot | null;
}

/** The language of the browser, such as `de` or `en-GB`. */
export function browserLanguage(): string {
  return chrome.i18n.getUILanguage();
}

/** The version of the extension. */
export function version(): string {
  return chrome.runtime.getManifest().version;
}
