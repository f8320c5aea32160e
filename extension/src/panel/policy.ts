/** What the organisation's policy allows (docs/ORGANISATIONS.md), told to the core whenever it is another. */

import { managed } from "../ext";

/** Asks the browser for the policy. Its answers are waited for in turn: one that came late would replace a newer one. */
export class PolicyWatch {
  readonly #onChange: (allowed: string[] | undefined) => void;
  #known: string;
  #asked: Promise<void> = Promise.resolve();
  /** How many answers are waited for. */
  #waiting = 0;

  /** Begins with a policy that is known already; `onChange` receives every other one. */
  constructor(allowed: string[] | undefined, onChange: (allowed: string[] | undefined) => void) {
    this.#known = textOf(allowed);
    this.#onChange = onChange;
  }

  /** Resolves when the policy that is in force now is known. */
  ask(): Promise<void> {
    this.#waiting += 1;
    this.#asked = this.#asked.then(async () => {
      const allowed = allowedOrigins(await managed());
      this.#waiting -= 1;
      if (textOf(allowed) === this.#known) return;
      this.#known = textOf(allowed);
      this.#onChange(allowed);
    });
    return this.#asked;
  }

  /** Calls `then` at once, or after whatever waits for an answer already. */
  whenKnown(then: () => void): void {
    if (this.#waiting === 0) then();
    else void this.#asked.then(then);
  }
}

/** Returns what a policy allows; absent if there is none. A policy that is not understood allows nothing. */
export function allowedOrigins(policy: Record<string, unknown> | null | undefined): string[] | undefined {
  if (policy === undefined) return undefined;
  const listed = policy?.["allowedOrigins"];
  return Array.isArray(listed) ? listed.filter((entry) => typeof entry === "string") : [];
}

function textOf(allowed: string[] | undefined): string {
  return JSON.stringify(allowed) ?? "";
}
