/**
 * The types of the core that cross to the page. They mirror src/transport.rs and give way to the generated ones as soon as
 * the package `cowbell-core` is built from it.
 */

/** One of the two products; also names the tab that performs a request. */
export type Product = "authentik" | "mailcow";

/** One HTTP request, complete. */
export interface Request {
  method: "GET" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  body?: { encoding: "application/json" | "application/x-www-form-urlencoded"; text: string };
  credentials: "session" | "omit";
  want: "text" | "contact";
  csrf?: { cookie: string; header: string };
}

/** Requests that may be under way together. */
export interface Batch {
  product: Product;
  requests: Request[];
  concurrency: number;
  timeoutMs: number;
  haltOn: number[];
}
