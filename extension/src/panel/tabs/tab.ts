/** A tab that the icon was clicked on, kept connected across reloads for as long as the browser lets us. */

import { accessEndsWithPage, look, onTabChange } from "../../ext";
import type { Lost } from "cowbell-core";
import { Page } from "./page";

/** How a tab stands. */
export type TabStatus = { kind: "connecting" } | { kind: "live"; page: Page } | { kind: "lost"; why: Lost };

/** Pause after the first attempt that failed; each one after it is twice as long as the one before, up to the longest. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 3_000;

/** Attempts that may fail before a tab is called unreachable: a page that is just being replaced fails one or two. */
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
    let failures = 0;
    while (!this.#closed) {
      // Asked for before the attempt, so that a page which loads meanwhile is not missed.
      const change = nextChange(this.id);
      try {
        const page = await Page.open(this.id);
        failures = 0;
        this.#set({ kind: "live", page });
        if (this.#closed) page.close();
        await page.gone;
        this.#set({ kind: "connecting" });
      } catch {
        const tab = await look(this.id);
        if (tab?.url === undefined) {
          this.#set({ kind: "lost", why: tab ? (accessEndsWithPage() ? "loaded" : "ended") : "closed" });
          this.#closed = true;
        } else {
          if (++failures >= PATIENCE && !tab.loading) this.#set({ kind: "lost", why: "unreachable" });
          // Not every failure is followed by a page that loads, so the next attempt does not depend on one.
          await Promise.race([
            change.happened,
            pause(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)),
          ]);
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}

function nextChange(tabId: number): { happened: Promise<void>; forget: () => void } {
  let forget = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    forget = onTabChange(tabId, resolve);
  });
  return { happened, forget };
}
