/** Where an organisation lets Cowbell work: `allowedOrigins` of its policy (docs/ORGANISATIONS.md). Everywhere if it says nothing. */
export class Policy {
  /** Origins as the browser writes them; absent if the policy says nothing. */
  readonly origins: readonly string[] | undefined;

  /** `value` is what the policy says; whatever cannot be understood in it allows nothing. */
  constructor(value: unknown) {
    if (value === undefined) return;
    const origins = Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
    this.origins = origins.filter((origin) => URL.canParse(origin)).map((origin) => new URL(origin).origin);
  }

  /** Whether Cowbell may read, change, or send something to, a page of this address. */
  allows(url: string): boolean {
    return this.origins === undefined || (URL.canParse(url) && this.origins.includes(new URL(url).origin));
  }
}
