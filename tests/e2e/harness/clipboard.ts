/** The clipboard, as a paste sees it. */

import type { Page } from "puppeteer-core";

import { environment } from "./environment.ts";
import { putIntoClipboard } from "./firefox-window.ts";

/** Pastes a text at the cursor. */
export async function paste(page: Page, text: string): Promise<void> {
  if (environment.browser() !== "firefox") return page.keyboard.sendCharacter(text);
  await putIntoClipboard(page.browser(), text);
  await pressPaste(page);
}

/** Pastes into an empty field of the page and returns the text that arrives there. */
export async function pasted(page: Page): Promise<string> {
  await page.bringToFront();
  const field = await page.evaluateHandle(() => {
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
    return field;
  });
  if (environment.browser() === "firefox") await pressPaste(page);
  else await page.keyboard.press("KeyV", { commands: ["Paste"] });
  return field.evaluate((field) => {
    field.remove();
    return field.value;
  });
}

async function pressPaste(page: Page): Promise<void> {
  await page.keyboard.down("Control");
  await page.keyboard.press("v");
  await page.keyboard.up("Control");
}
