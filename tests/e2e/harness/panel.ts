/** The side panel, operated as an administrator would. */

import type { Page } from "puppeteer-core";

import { text } from "./messages.ts";
import { Screen } from "./screen.ts";

/** The places that have more than one section, or another name than their section. */
const PLACES = { connect: ["setup", "plan"], people: ["readiness", "switch", "arrivals"] } as const;

function tab(label: string): string {
  return `>>> [role="tab"]::-p-text(${JSON.stringify(label)})`;
}

export class Panel extends Screen {
  /** Wraps an open panel and gives it its usual size. */
  static override async of(page: Page): Promise<Panel> {
    const panel = new Panel(page);
    await panel.appear({});
    return panel;
  }

  /**
   * Starts listening for a click on the icon, which reaches an open panel a moment later; returns a function that waits for it,
   * or nothing if the panel is closed.
   */
  async nextClick(): Promise<(() => Promise<void>) | undefined> {
    if (this.page.isClosed()) return undefined;
    const next = await this.page.evaluateHandle(() => {
      const { onChanged } = chrome.storage.session;
      const heard = new Promise<void>((resolve) => {
        onChanged.addListener(function hear(changes) {
          if (!("click" in changes)) return;
          onChanged.removeListener(hear);
          resolve();
        });
      });
      return { heard };
    });
    return () => next.evaluate(({ heard }) => heard);
  }

  /** Clicks the primary button. */
  async pressMain(): Promise<void> {
    await this.click(">>> cb-button >>> button.main");
  }

  /** Opens one of the sections, through the tab of its place. */
  async go(section: string): Promise<void> {
    for (const [place, sections] of Object.entries(PLACES))
      if (sections.some((name) => text(`section_${name}`) === section)) await this.click(tab(text(`place_${place}`)));
    await this.click(tab(section));
  }

  /** Selects an option by its radio button. */
  async choose(label: string): Promise<void> {
    await this.click(`>>> cb-choice >>> label::-p-text(${JSON.stringify(label)})`);
  }

  /** Copies one of the client credentials, and waits until the panel confirms it. */
  async copy(label: string): Promise<void> {
    await this.toFront();
    const row = `>>> cb-secret::-p-text(${JSON.stringify(label)})`;
    await this.click(`${row} >>> cb-button`);
    await this.find(`${row} >>> [role="status"]::-p-text(${JSON.stringify(text("copied"))})`);
  }

  /** Loads a file with a button that opens a file dialog. */
  async loadFile(button: string, path: string): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForFileChooser(), this.press(button)]);
    await chooser.accept([path]);
  }

  /** Brings the panel to the front, so that it gets the keyboard input. */
  toFront(): Promise<void> {
    return this.page.bringToFront();
  }

  /** Closes the panel, as its close button does. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.page.once("close", resolve));
    await this.page.evaluate(() => setTimeout(() => close()));
    await closed;
  }

  /** Confirms the panel's question. */
  async confirm(): Promise<void> {
    await this.click(">>> cb-confirm >>> .yes >>> button");
  }
}
