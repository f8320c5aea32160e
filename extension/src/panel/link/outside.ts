/** What the core cannot do by itself, done for it: the JavaScript side of the trait `Outside` in src/transport.rs. */

import type { Batch, Product } from "cowbell-core";
import { keep } from "../../ext";
import type { Page } from "./page";
import type { OnAnswer } from "./requests";

export class Outside {
  readonly #pageOf: (product: Product) => Page | undefined;
  readonly #waiting = new Set<() => void>();
  #cancelled = false;

  /** `pageOf` gives the live page of a product, if there is one. */
  constructor(pageOf: (product: Product) => Page | undefined) {
    this.#pageOf = pageOf;
  }

  /** Performs a batch in the product's tab; calls `onAnswer` once for each request and resolves after the last. */
  async send(batch: Batch, onAnswer: OnAnswer): Promise<void> {
    const page = this.#pageOf(batch.product);
    if (this.#cancelled || !page) {
      for (const index of batch.requests.keys()) onAnswer(index, { fault: this.#cancelled ? "cancelled" : "tab_gone" });
      return;
    }
    await page.send(batch, onAnswer);
  }

  /** Waits; not longer than until the administrator stops the run. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, this.#cancelled ? 0 : milliseconds);
      this.#waiting.add(wake);
    });
  }

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number {
    return Date.now();
  }

  /** Fills `buffer` from the browser's secure source. */
  random(buffer: Uint8Array<ArrayBuffer>): void {
    crypto.getRandomValues(buffer);
  }

  /** Whether the administrator has asked to stop. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** Keeps a text until the browser is closed. */
  keep(name: string, text: string): Promise<void> {
    return keep(name, text);
  }

  /** Stops what is under way; nothing is sent until `resume`. */
  cancel(): void {
    this.#cancelled = true;
    this.#pageOf("authentik")?.cancel();
    this.#pageOf("mailcow")?.cancel();
    for (const wake of [...this.#waiting]) wake();
  }

  /** Lets a new run begin. */
  resume(): void {
    this.#cancelled = false;
  }
}
