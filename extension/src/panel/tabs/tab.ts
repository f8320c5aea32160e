/** A tab in which the icon was clicked, kept connected across reloads for as long as the browser allows it. */

import { accessEndsWithPage, look, onTabChange } from "../../ext";
import type { Lost } from "cowbell-core";
import { Page, PageSilent } from "./page";

/** Status of the connection to a tab. */
export type TabStatus = { kind: "connecting" } | { kind: "live"; page: Page } | { kind: "lost"; why: Lost };

/** Pause after the first failed attempt; it doubles after each further one, up to the maximum. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 3_000;

/** Failed attempts before a tab is called unreachable: one or two fail while a page is being replaced. */
const PATIENCE = 5;

export class Tab {
  readonly id: number;
  readonly #onStatus: (status: TabStatus) => void;
  #status: TabStatus = { kind: "connecting" };
  #closed = false;

  /** Connects to a tab and reconnects whenever its page changes; `onStatus` receives every status, `connecting` first. */
  constructor(id: number, onStatus: (status: TabStatus) => void) {
    this.id = id;
    this.#onStatus = onStatus;
    void this.#follow();
  }

  get status(): TabStatus {
    return this.#status;
  }

  /** The page, while it is connected. */
  get page(): Page | undefined {
    return this.#status.kind === "live" ? this.#status.page : undefined;
  }

  /** Disconnects from the tab for good. */
  close(): void {
    this.#closed = true;
    this.page?.close();
  }

  /** Disconnects from the tab because the panel goes away: nothing that is pending is reported any more. */
  leave(): void {
    this.#closed = true;
    this.page?.leave();
  }

  async #follow(): Promise<void> {
    this.#set({ kind: "connecting" });
    let failures = 0;
    while (!this.#closed) {
      // Registered before the attempt, so that a page which loads meanwhile is not missed.
      const change = nextChange(this.id);
      try {
        const page = await Page.open(this.id);
        failures = 0;
        this.#set({ kind: "live", page });
        if (this.#closed) page.close();
        await page.gone;
        this.#set({ kind: "connecting" });
      } catch (error) {
        const tab = await look(this.id);
        // Where a document is gone, Firefox throws if somebody sets a timer there.
        if (this.#closed) return;
        if (tab?.url === undefined) {
          this.#set({ kind: "lost", why: tab ? (accessEndsWithPage() ? "loaded" : "ended") : "closed" });
          this.#closed = true;
        } else {
          failures += 1;
          // Of a page whose script never ends, one attempt takes as long as anybody waits, and its tab may be loading for ever.
          const isBusy = error instanceof PageSilent;
          if (isBusy || (failures >= PATIENCE && !tab.loading)) this.#set({ kind: "lost", why: "unreachable" });
          // Not every failure is followed by a page load, so the next attempt must not depend on one.
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
