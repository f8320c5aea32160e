/** The requests from a tab to its product. The panel's own requests are sent from the tab, so they are included. */

import type { HTTPRequest, Page } from "puppeteer-core";

import { environment } from "./environment.ts";

export interface Exchange {
  method: string;
  /** Path and query. */
  path: string;
  /** Status of the response; absent if there was none. */
  status: number | undefined;
  /** Milliseconds since recording started. */
  started: number;
  ended: number | undefined;
}

/** Methods that change nothing; authentik's response to OPTIONS says what a user may do. */
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Records the requests that a tab's scripts send from now on. */
export class Traffic {
  readonly exchanges: Exchange[] = [];

  private constructor() {}

  static of(page: Page): Traffic {
    const traffic = new Traffic();
    const open = new Map<HTTPRequest, Exchange>();
    const begin = performance.now();
    page.on("request", (request) => {
      // Firefox does not report the initiator of a request.
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

  /** All requests except reads. */
  get writes(): Exchange[] {
    return this.exchanges.filter(({ method }) => !READING.has(method));
  }
}
