/** A tab of the simulated browser: a frame with the pages of both products, which are followed in memory. */

import type { Received, Simulation, WindowKind } from "cowbell-core";
import { GLOBALS, runExecutor, runMailcow } from "cowbell-pages";
import { all, append, attribute, type Markup, parse, textOf } from "./markup";

/** What a script in a page has in the place of its globals: the frame's own classes and functions, and what is simulated. */
export interface Realm {
  document: Document;
  window: globalThis.Window;
  location: unknown;
  [name: string]: unknown;
}

/** What a tab tells its browser. */
export interface TabEvents {
  /** Another page has begun to load, and scripts in the last one end. */
  onLeave: () => void;
  /** A page has loaded. */
  onLoaded: () => void;
}

/** The style of what is shown where nobody answers. */
const NOTHING = "body { font: 15px system-ui; padding: 3rem; text-align: center; color: #666; }";

export class Tab {
  readonly id: number;
  readonly window: WindowKind;
  /** Where its frame is. */
  readonly place: HTMLElement;
  url = "";
  isLoading = false;
  /** What `localStorage` is for its pages. */
  readonly #kept: Map<string, string>;
  readonly #simulation: () => Simulation;
  readonly #events: TabEvents;
  #frame: HTMLIFrameElement | undefined;
  #realm: Realm | undefined;
  #last = 0;
  #isShown = false;

  constructor(
    id: number,
    window: WindowKind,
    place: HTMLElement,
    kept: Map<string, string>,
    simulation: () => Simulation,
    events: TabEvents,
  ) {
    this.id = id;
    this.window = window;
    this.place = place;
    this.#kept = kept;
    this.#simulation = simulation;
    this.#events = events;
  }

  /** The document that is shown. */
  get document(): Document | undefined {
    return this.#frame?.contentDocument ?? undefined;
  }

  /** Title of the document. */
  get title(): string {
    return this.document?.title ?? "";
  }

  /** Goes to an address; resolves when its page is there, unless another one is wanted meanwhile. */
  async navigate(url: string, form?: string): Promise<void> {
    const number = ++this.#last;
    this.isLoading = true;
    this.#events.onLeave();
    const page = this.#simulation().navigate(this.window, url, form);
    const frame = document.createElement("iframe");
    frame.className = this.#isShown ? "shown" : "";
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    this.place.append(frame);
    // Firefox replaces the first document of a frame.
    await loaded;
    if (number !== this.#last) {
      frame.remove();
      return;
    }
    this.#frame?.remove();
    this.#frame = frame;
    this.url = page.url;
    this.#show(frame, parse(page.html));
    this.isLoading = false;
    this.#events.onLoaded();
  }

  /** Shows the tab, or hides it as a browser does: its page goes on, and has a size. */
  show(isShown: boolean): void {
    this.#isShown = isShown;
    if (this.#frame) this.#frame.className = isShown ? "shown" : "";
  }

  reload(): Promise<void> {
    return this.navigate(this.url);
  }

  close(): void {
    this.#last += 1;
    this.#events.onLeave();
    this.#frame?.remove();
  }

  /** Runs Cowbell's script in the page, as a browser does after a click on the icon. `api` is its part of the extension API. */
  inject(api: object): void {
    if (this.#realm) runExecutor(Object.assign(this.#realm, { api }));
  }

  #show(frame: HTMLIFrameElement, content: Markup["content"]): void {
    const { contentDocument: own } = frame;
    const view = own?.defaultView;
    if (!view || !own) return;
    const [html] = all(content, "html");
    const [body] = all(content, "body");
    own.documentElement.lang = html ? attribute(html, "lang") : "";
    own.title = all(content, "title").map(textOf).join("");
    frame.title = own.title;
    own.body.className = body ? attribute(body, "class") : "";
    const style = (root: Document | ShadowRoot, texts: string[]): void => {
      root.adoptedStyleSheets = texts.map((text) => {
        const sheet = new view.CSSStyleSheet();
        sheet.replaceSync(text);
        return sheet;
      });
    };
    style(own, html ? this.#sheets(content) : [NOTHING]);
    const follow = (root: Document | ShadowRoot): void => {
      root.addEventListener("click", (event) => this.#click(event));
      root.addEventListener("submit", (event) => this.#send(event));
    };
    follow(own);
    append(own.body, body ? body.content : ["–"], (root, inside) => {
      style(root, all(inside, "style").map(textOf));
      follow(root);
    });
    this.#realm = this.#realmOf(view, own);
    const scripts = all(content, "script");
    if (scripts.some((script) => attribute(script, "src").endsWith("/mailcow.js")))
      runMailcow(Object.assign(this.#realm, variables(scripts.map(textOf).join("\n"))));
  }

  /** The page's own style sheets, those of its product among them. */
  #sheets(content: Markup["content"]): string[] {
    const links = all(content, "link").filter((link) => attribute(link, "rel") === "stylesheet");
    const files = links.map((link) => {
      const got = this.#get(attribute(link, "href"));
      return got.kind === "answer" ? got.body : "";
    });
    const [head] = all(content, "head");
    return [...files, ...all(head?.content ?? [], "style").map(textOf)];
  }

  #get(path: string): Received {
    const url = new URL(path, this.url).href;
    return this.#simulation().send({
      page: this.url,
      method: "GET",
      url,
      headers: [],
      body: "",
      session: false,
      opaque: false,
    });
  }

  /** A click on a link leads there, if one of the products is there. */
  #click(event: Event): void {
    if (event.defaultPrevented) return;
    const link = event.composedPath().find((at) => (at as Partial<Element>).localName === "a") as Element | undefined;
    const address = link?.getAttribute("href");
    if (address === null || address === undefined) return;
    event.preventDefault();
    if (!address.startsWith("#")) void this.navigate(new URL(address, this.url).href);
  }

  /** A form is sent as the browser itself would. */
  #send(event: Event): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const texts = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    const url = new URL(form.getAttribute("action") ?? this.url, this.url);
    const isPost = form.getAttribute("method")?.toLowerCase() === "post";
    const query = new URLSearchParams(texts).toString();
    if (!isPost) url.search = query;
    void this.navigate(url.href, isPost ? query : undefined);
  }

  #realmOf(view: globalThis.Window & typeof globalThis, own: Document): Realm {
    const tab = this;
    const { href, origin } = new URL(this.url);
    const location = { href, origin };
    // The page behind the frame must not scroll when a field comes into view in it.
    view.Element.prototype.scrollIntoView = function (this: Element): void {
      const { top, height } = this.getBoundingClientRect();
      view.scrollBy({ top: top + height / 2 - view.innerHeight / 2, behavior: "instant" });
    };
    Object.defineProperty(view.Document.prototype, COOKIE, { get: () => tab.#simulation().cookies(href) });
    const globals = Object.fromEntries(
      GLOBALS.map((name) => [name, (view as unknown as Record<string, unknown>)[name]]),
    );
    return {
      ...globals,
      document: own,
      window: view,
      get location() {
        return location;
      },
      set location(address: unknown) {
        void tab.navigate(new URL(String(address), href).href);
      },
      get scrollX() {
        return view.scrollX;
      },
      get scrollY() {
        return view.scrollY;
      },
      scrollTo: (to: ScrollToOptions) => view.scrollTo(to),
      getComputedStyle: (element: Element) => view.getComputedStyle(element),
      fetch: (input: string, init?: RequestInit) => tab.#fetch(new Request(new URL(input, href), init)),
      kept: {
        getItem: (name: string) => tab.#kept.get(name) ?? null,
        setItem: (name: string, text: string) => void tab.#kept.set(name, text),
      },
    };
  }

  async #fetch(request: Request): Promise<Response> {
    const { method, url, headers, credentials, mode, signal } = request;
    const body = await request.text();
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    signal.throwIfAborted();
    const opaque = mode === "no-cors";
    const received = this.#simulation().send({
      page: this.url,
      method,
      url,
      headers: [...headers],
      body,
      session: credentials !== "omit",
      opaque,
    });
    switch (received.kind) {
      case "network":
        throw new TypeError("nobody is there");
      case "silence":
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      case "answer":
        return opaque ? Response.error() : answer(received);
    }
  }
}

/** Milliseconds that an answer takes: enough to see something happen. */
const LATENCY_MS = 6;

const COOKIE = "cookie";

function answer({ status, contentType, retryAfter, body }: Extract<Received, { kind: "answer" }>): Response {
  const headers = new Headers({ "Content-Type": contentType, ...(retryAfter ? { "Retry-After": retryAfter } : {}) });
  const hasBody = status !== 204 && status !== 304 && status >= 200;
  const response = new Response(hasBody ? body : null, { status, headers });
  // No script makes such an answer, only a browser.
  return status >= 300 && status < 400
    ? Object.defineProperty(response, "type", { value: "opaqueredirect" })
    : response;
}

/** The variables of mailcow's inline script that its other script uses. */
function variables(script: string): Record<string, unknown> {
  const value = (name: string): unknown => {
    const found = new RegExp(`^var ${name} = (.*);$`, "mu").exec(script)?.[1];
    return found === undefined ? undefined : JSON.parse(found);
  };
  return { token: value("csrf_token"), words: value("lang_page") };
}
