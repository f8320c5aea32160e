/** The clipboard, as somebody finds it who pastes. */

import type { Page } from "puppeteer-core";

/** Pastes into an empty field of the page and gives what arrives there. */
export async function pasted(page: Page): Promise<string> {
  await page.bringToFront();
  const field = await page.evaluateHandle(() => {
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
    return field;
  });
  await page.keyboard.press("KeyV", { commands: ["Paste"] });
  return field.evaluate((field) => {
    field.remove();
    return field.value;
  });
}
