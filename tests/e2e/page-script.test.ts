/** What a script of mailcow's page enters, and the events that it makes, are no reason to ask anybody (case S11). */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { FORM, paste } from "./harness/form.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";

/** What a script can do to look like the administrator. */
const TRICKS: Record<string, (form: string) => void> = {
  "events of its own": (form) => {
    const field = document.querySelector(`${form} [name="client_secret"]`);
    field?.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
    field?.dispatchEvent(new Event("change", { bubbles: true }));
  },
  "clicks on a checkbox, after which the browser makes the events": (form) => {
    const box = document.querySelector<HTMLInputElement>(`${form} [name="ignore_ssl_error"][type="checkbox"]`);
    box?.click();
    box?.click();
  },
  "editing commands, after which the browser makes the events": (form) => {
    const field = document.querySelector<HTMLInputElement>(`${form} [name="client_secret"]`);
    const { value = "" } = field ?? {};
    if (field) field.value = "";
    field?.focus();
    document.execCommand("insertText", false, value);
    field?.blur();
  },
};

journey("a script in mailcow’s page cannot make Cowbell ask anybody", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const tabs = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const secret = await actions.integrate(stage, tabs);
  const panel = await stage.clickToolbar(tabs.authentik);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await stage.clickToolbar(tabs.mailcow);
  await panel.says(text("mailcow_title"));
  await show(tabs.mailcow);
  const traffic = [Traffic.of(tabs.authentik), Traffic.of(tabs.mailcow)];
  const asked = (): string[] =>
    traffic.flatMap(({ exchanges }) => exchanges.map(({ method, path }) => `${method} ${path}`));

  for (const [index, [how, trick]] of Object.entries(TRICKS).entries()) {
    await step(`a pair that authentik would accept: ${how}`, async () => {
      await tabs.mailcow.evaluate(trick, FORM);
      await isReported(index + 1);
    });
  }

  await step("the pair of another host", async () => {
    await tabs.mailcow.$eval(`${FORM} [name="token_url"]`, (field) => {
      (field as HTMLInputElement).value = "https://evil.example/application/o/token/";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await isReported(Object.keys(TRICKS).length + 1);
  });

  await step("nobody was asked until the administrator entered something, and then about that alone", async () => {
    assert.deepEqual(asked(), []);
    await paste(tabs.mailcow, "token_url", `${stage.installation.origins.authentik}/application/o/token/`);
    await panel.says(finding("credentials_right"));
    assert.deepEqual(asked(), ["POST /application/o/revoke/", "POST /application/o/revoke/"]);
    assert.ok(!(await panel.page.content()).includes(secret));
  });

  /** Waits until the panel shows a change that was made after everything before it. */
  async function isReported(position: number): Promise<void> {
    await tabs.mailcow.$eval(
      `${FORM} [name="client_scopes"]`,
      (field, position) => {
        (field as HTMLInputElement).value = `${"x".repeat(position - 1)}\u200bopenid`;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      position,
    );
    await panel.says(finding("invisible_character", { character: "U+200B", position }));
  }
});

/** Shows the form as mailcow does. */
async function show(tab: Page): Promise<void> {
  await tab.evaluate(() => document.querySelector("#tab-config-identity-provider")?.classList.add("active", "show"));
}
