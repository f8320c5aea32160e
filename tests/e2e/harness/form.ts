/** mailcow's form in its tab, and what the panel fills into it. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./actions.ts";
import { paste as pasteText } from "./clipboard.ts";
import { text } from "./messages.ts";
import type { Panel } from "./panel.ts";
import type { Stage } from "./stage.ts";
import { authentikState } from "./witness.ts";

export const FORM = 'form[data-id="iam_generic"]';
export const SECRET_FIELD = `${FORM} [name="client_secret"]`;

/** Sets up authentik; returns its tab, the panel, and the secret for mailcow. */
export async function prepared(stage: Stage): Promise<{ tab: Page; panel: Panel; secret: string }> {
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const witness = await stage.open("authentik");
  const tab = await stage.visit(witness.url());
  const panel = await stage.clickToolbar(tab);
  await actions.describeSetup(stage, panel);
  await actions.planAndApply(panel);
  const secrets = (await authentikState(witness)).providers.map(({ client_secret }) => String(client_secret));
  const [secret] = secrets;
  assert.ok(secrets.length === 1 && secret?.length === 128);
  return { tab, panel, secret };
}

/** Returns what a press of Copy would copy. */
export function revealed(panel: Panel): Promise<string | undefined> {
  return panel.page.evaluate(() => {
    const app = document.querySelector("cb-app") as unknown as {
      started: { core: { revealSecret(): string | undefined } };
    };
    return app.started.core.revealSecret();
  });
}

/** Returns all values of controls in a page, its frames and open shadow trees. */
export async function values(tab: Page): Promise<string[]> {
  const each = tab.frames().map((frame) =>
    frame.evaluate(() => {
      const valuesIn = (root: ParentNode): string[] =>
        [...root.querySelectorAll("*")].flatMap((element) => [
          ...("value" in element ? [String(element.value)] : []),
          ...(element.shadowRoot ? valuesIn(element.shadowRoot) : []),
        ]);
      return valuesIn(document);
    }),
  );
  return (await Promise.all(each)).flat();
}

/** Presses the button that fills in, and waits until that has ended and the panel says one of these reasons. */
export async function isRefused(panel: Panel, ...why: string[]): Promise<void> {
  await panel.press(text("mailcow_fill"));
  // The button has another label while it is busy.
  await panel.named("button", text("mailcow_fill"));
  await panel.until(async () => {
    const shown = await panel.text();
    return why.some((reason) => shown.includes(reason));
  });
}

/** Enters a text into a field at once, as a paste does, and leaves the field. */
export async function paste(tab: Page, field: string, value: string): Promise<void> {
  await tab.bringToFront();
  const control = await tab.waitForSelector(`${FORM} [name="${field}"]:not([type=hidden])`, {
    visible: true,
  });
  await control?.evaluate((control) => (control as HTMLInputElement).select());
  await control?.focus();
  await pasteText(tab, value);
  await tab.keyboard.press("Tab");
}
