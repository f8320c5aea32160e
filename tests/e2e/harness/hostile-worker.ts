/** A service worker that takes over the pages of a product at once and remembers every request that it can read. */

import type { Page } from "puppeteer-core";

import type { Product } from "./installation.ts";
import type { Standins } from "./standins.ts";

/** Path of its script, below which it controls every page of the origin. */
const PATH = "/hostile-worker.js";

/** Name of the cache in which it keeps what it has read: its memory is lost whenever the browser ends it. */
const CACHE = "hostile";

const SCRIPT = `
addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.waitUntil(remember(event.request.clone())));
async function remember(request) {
  const body = await request.text();
  const cache = await caches.open("${CACHE}");
  await cache.put("/" + crypto.randomUUID(), new Response([request.method, request.url, [...request.headers], body].join(" ")));
}`;

/** The service worker of one origin; it stays until {@link HostileWorker.remove}. */
export class HostileWorker {
  readonly #tab: Page;
  #baits = 0;

  private constructor(tab: Page) {
    this.#tab = tab;
  }

  /** Registers it from a page of a product that the stand-ins serve, and waits until it controls this page. */
  static async in(tab: Page, standins: Standins, product: Product): Promise<HostileWorker> {
    const fault = { product, path: PATH, kind: "status", status: 200, body: SCRIPT, content_type: "text/javascript" };
    await standins.control("POST", "/fault", { browser: fault });
    await tab.evaluate(async (path) => {
      const { serviceWorker } = navigator;
      const controls = new Promise<void>((resolve) => {
        serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
      });
      await serviceWorker.register(path);
      await controls;
    }, PATH);
    return new HostileWorker(tab);
  }

  /** Returns everything that it has read, once it has read a request that this page sends now. */
  async read(): Promise<string> {
    const bait = `bait-${(this.#baits += 1)}`;
    await this.#tab.evaluate((body) => fetch("/", { method: "POST", body }).then(() => undefined), bait);
    const all = await this.#tab.waitForFunction(
      async (name, bait) => {
        const cache = await caches.open(name);
        const texts = (await cache.matchAll()).map((response) => response.text());
        const all = (await Promise.all(texts)).join("\n");
        return all.includes(bait) && all;
      },
      {},
      CACHE,
      bait,
    );
    return String(await all.jsonValue());
  }

  /** Removes it and loads the page anew, as somebody does who removes the data of the site and signs in again. */
  async remove(): Promise<void> {
    await this.#tab.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
    await this.#tab.reload();
  }
}
