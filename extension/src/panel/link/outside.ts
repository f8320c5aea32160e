/** What the core cannot do by itself, done for it. */

import type { Batch, Outside as Wanted, Product } from "cowbell-core";
import { keep } from "../../ext";
import type { Page } from "./page";
import type { OnAnswer } from "./requests";

export class Outside implements Wanted {
  readonly #pageOf: (product: Product) => Page | undefined;
  #cancelled = false;

  /** `pageOf` gives the live page of a product, if there is one. */
  constructor(pageOf: (product: Product) => Page | undefined) {
    this.#pageOf = pageOf;
  }

  async send(batch: Batch, onAnswer: OnAnswer): Promise<void> {
    const page = this.#pageOf(batch.product);
    if (page && !this.#cancelled) return page.send(batch, onAnswer);
    for (const index of batch.requests.keys()) onAnswer(index, { fault: page ? "cancelled" : "tab_gone" });
  }

  keep(texts: Record<string, string>): Promise<void> {
    return keep(texts);
  }

  cancelled(): boolean {
    return this.#cancelled;
  }

  /** Stops what is under way; nothing is sent until `resume`. */
  cancel(): void {
    this.#cancelled = true;
    this.#pageOf("authentik")?.cancel();
    this.#pageOf("mailcow")?.cancel();
  }

  /** Lets a new run begin. */
  resume(): void {
    this.#cancelled = false;
  }
}
