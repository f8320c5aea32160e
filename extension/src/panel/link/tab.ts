/** A tab that the icon was clicked on, kept connected across reloads for as long as the browser lets us. */

import { look, onTabChange } from "../../ext";
import { Page } from "./page";

/**
 * How a tab stands. When it is lost: `closed`; `ended`, it went to another site, and with that the permission which a click
 * gives; `unreachable`, it shows no page of the site at the moment, and is tried again and again.
 */
export type TabStatus =
  | { kind: "connecting" }
  | { kind: "live"; page: Page }
  | { kind: "lost"; why: "closed" | "ended" | "unreachable" };

/** Milliseconds before the next attempt: the first one, and the longest. */
const PAUSE = { first: 50, longest: 3_000 };

/** Attempts before a page counts as unreachable. One that is just being replaced by another refuses for a moment. */
const PATIENCE = 5;

export class Tab {
  readonly id: number;
  readonly #onStatus: (status: TabStatus) => void;
  #status: TabStatus = { kind: "connecting" };
  #closed = false;

  /** Connects to a tab and goes on doing so; `onStatus` hears of every change, first of `connecting`. */
  constructor(id: number, onStatus: (status: TabStatus) => void) {
    this.id = id;
    this.#onStatus = onStatus;
    void this.#follow();
  }

  get status(): TabStatus {
    return this.#status;
  }

  /** The page, while it is live. */
  get page(): Page | undefined {
    return this.#status.kind === "live" ? this.#status.page : undefined;
  }

  /** Lets go of the tab. */
  close(): void {
    this.#closed = true;
    this.page?.close();
  }

  async #follow(): Promise<void> {
    this.#set({ kind: "connecting" });
    for (let attempt = 1; !this.#closed; attempt++) {
      // Asked for before the attempt, so that a page which loads meanwhile is not missed.
      const change = nextChange(this.id);
      try {
        const page = await Page.open(this.id);
        this.#set({ kind: "live", page });
        if (this.#closed) page.close();
        await page.gone;
        this.#set({ kind: "connecting" });
        attempt = 0;
      } catch {
        const tab = await look(this.id);
        if (tab?.url === undefined) {
          this.#set({ kind: "lost", why: tab ? "ended" : "closed" });
          this.#closed = true;
        } else {
          if (attempt === PATIENCE) this.#set({ kind: "lost", why: "unreachable" });
          await change.within(Math.min(PAUSE.first * 2 ** attempt, PAUSE.longest));
        }
      } finally {
        change.forget();
      }
    }
  }

  #set(status: TabStatus): void {
    this.#status = status;
    if (!this.#closed) this.#onStatus(status);
  }
}

/** The next page that a tab has loaded. */
function nextChange(tabId: number): { within: (milliseconds: number) => Promise<void>; forget: () => void } {
  let forget = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    forget = onTabChange(tabId, resolve);
  });
  const within = (milliseconds: number): Promise<void> => Promise.race([happened, new Promise<void>((resolve) => setTimeout(resolve, milliseconds))]);
  return { within, forget };
}
