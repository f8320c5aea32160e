/** What a tab asks of its product: the panel's own requests are made in the tab, so they are among it. */

import type { HTTPRequest, Page } from "puppeteer-core";

import { environment } from "./environment.ts";

export interface Exchange {
  method: string;
  /** Path and query. */
  path: string;
  /** Status of the answer; absent when none came. */
  status: number | undefined;
  /** Milliseconds since the traffic was watched. */
  started: number;
  ended: number | undefined;
}

/** Methods that change nothing; authentik's answer to OPTIONS says what one may do. */
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Watches the requests that a tab's scripts make from now on. */
export class Traffic {
  readonly exchanges: Exchange[] = [];

  private constructor() {}

  static of(page: Page): Traffic {
    const traffic = new Traffic();
    const open = new Map<HTTPRequest, Exchange>();
    const begin = performance.now();
    page.on("request", (request) => {
      // Firefox does not say what makes a request.
      if (environment.browser() !== "firefox" && request.resourceType() !== "fetch") return;
      const { pathname, search } = new URL(request.url());
      const exchange = {
        method: request.method(),
        path: pathname + search,
        status: undefined,
        started: performance.now() - begin,
        ended: undefined,
      };
      open.set(request, exchange);
      traffic.exchanges.push(exchange);
    });
    const end = (request: HTTPRequest): void => {
      const exchange = open.get(request);
      if (!exchange) return;
      exchange.status = request.response()?.status();
      exchange.ended = performance.now() - begin;
      open.delete(request);
    };
    page.on("requestfinished", end);
    page.on("requestfailed", end);
    return traffic;
  }

  /** Everything but reading. */
  get writes(): Exchange[] {
    return this.exchanges.filter(({ method }) => !READING.has(method));
  }
}
