/** The side panel, driven as an administrator would. */

import type { Page } from "puppeteer-core";

import { text } from "./messages.ts";
import { Screen } from "./screen.ts";

export class Panel extends Screen {
  /** Takes hold of an open panel and gives it its usual size. */
  static override async of(page: Page): Promise<Panel> {
    const panel = new Panel(page);
    await panel.appear({});
    return panel;
  }

  /** Begins to listen for a click on the icon, of which an open panel hears a moment later; gives what waits until it has, or nothing if the panel is closed. */
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

  /** Clicks the one button that leads on. */
  async pressMain(): Promise<void> {
    await this.click(">>> cb-button >>> button.main");
  }

  /** Goes to one of the places. */
  async go(place: string): Promise<void> {
    await this.click(`>>> [role="tab"]::-p-text(${JSON.stringify(place)})`);
  }

  /** Chooses one of several by its radio button. */
  async choose(label: string): Promise<void> {
    await this.click(`>>> cb-choice >>> label::-p-text(${JSON.stringify(label)})`);
  }

  /** Copies one of the credentials, and waits until the panel says that it did. */
  async copy(label: string): Promise<void> {
    await this.toFront();
    const row = `>>> cb-secret::-p-text(${JSON.stringify(label)})`;
    await this.click(`${row} >>> cb-button`);
    await this.find(`${row} >>> [role="status"]::-p-text(${JSON.stringify(text("copied"))})`);
  }

  /** Loads a file with a button that asks for one. */
  async loadFile(button: string, path: string): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForFileChooser(), this.press(button)]);
    await chooser.accept([path]);
  }

  /** Brings it in front of everything that hides it, so that it gets what is typed. */
  toFront(): Promise<void> {
    return this.page.bringToFront();
  }

  /** Closes it, as its cross does. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.page.once("close", resolve));
    await this.page.evaluate(() => setTimeout(() => close()));
    await closed;
  }

  /** Answers the panel's question with yes. */
  async confirm(): Promise<void> {
    await this.click(">>> cb-confirm >>> .yes >>> button");
  }
}
