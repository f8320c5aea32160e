/** What the core cannot do by itself, done for it. */

import type { Batch, Outside as Wanted, Product, SendFault } from "cowbell-core";
import { keep } from "../../ext";
import type { Page } from "./page";
import type { Policy } from "./policy";
import type { OnAnswer } from "./requests";

export class Outside implements Wanted {
  readonly #pageOf: (product: Product) => Page | undefined;
  readonly #policy: Policy;
  #cancelled = false;

  /** `pageOf` gives the live page of a product, if there is one. */
  constructor(pageOf: (product: Product) => Page | undefined, policy: Policy) {
    this.#pageOf = pageOf;
    this.#policy = policy;
  }

  async send(batch: Batch, onAnswer: OnAnswer): Promise<void> {
    const page = this.#pageOf(batch.product);
    if (!page) return refuse(batch, onAnswer, "tab_gone");
    if (this.#cancelled) return refuse(batch, onAnswer, "cancelled");
    // As if the organisation's network did not let it through.
    if (!batch.requests.every(({ url }) => this.#policy.allows(url))) return refuse(batch, onAnswer, "network");
    return page.send(batch, onAnswer);
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

function refuse({ requests }: Batch, onAnswer: OnAnswer, fault: SendFault): void {
  for (const index of requests.keys()) onAnswer(index, { fault });
}
