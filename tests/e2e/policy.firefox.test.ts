/** An organisation's policy restricts where Cowbell may work. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import { paste } from "./harness/clipboard.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";

const ELSEWHERE = "https://id.example.org";

test("where the policy allows nothing, nothing is read", async () => {
  await using stage = await launch({ policy: () => ({ allowedOrigins: [ELSEWHERE] }) });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("forbidden_title"));
  await panel.says(text("forbidden_text", { origins: ELSEWHERE }));
  await panel.assertAccessible();
  await panel.shots("forbidden");
  assert.deepEqual(
    traffic.exchanges.filter(({ path }) => path !== "/favicon.ico"),
    [],
  );
});

test("no plan is made for a mailcow that the policy does not allow", async () => {
  await using stage = await launch({ policy: ({ authentik }) => ({ allowedOrigins: [`${authentik}/`] }) });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.says(text("forbidden_address"));
  await panel.find(">>> cb-button.grow[disabled]");
});

test("credentials are not sent to an authentik that the policy does not allow", async () => {
  await using stage = await launch({ policy: ({ mailcow }) => ({ allowedOrigins: [mailcow] }) });
  const { authentik, mailcow } = stage.installation.origins;
  const tab = await stage.open("mailcow");
  const panel = await stage.clickToolbar(tab);
  await panel.press(text("mailcow_show_form"));
  const traffic = Traffic.of(tab);
  const values = { authorize_url: "authorize/", token_url: "token/", userinfo_url: "userinfo/" };
  for (const [field, path] of Object.entries(values)) await write(tab, field, `${authentik}/application/o/${path}`);
  await write(tab, "client_id", "0123456789".repeat(4));
  await write(tab, "client_secret", "0123456789abcdef".repeat(8));
  await write(tab, "redirect_url", mailcow);
  const { hostname: host } = new URL(authentik);
  await panel.press(text("fix_test_at"));
  await panel.says(finding("credentials_unreachable", { host }));
  assert.deepEqual(
    traffic.exchanges.filter(({ path }) => path.includes("/o/token/")),
    [],
  );
});

async function write(tab: Page, field: string, value: string): Promise<void> {
  const control = await tab.waitForSelector(`form[data-id="iam_generic"] [name="${field}"]:not([type=hidden])`, {
    visible: true,
  });
  // What is entered at once needs no change event: the sidebar was clicked last and would keep the focus.
  await tab.bringToFront();
  await control?.evaluate((control) => (control as HTMLInputElement).select());
  await control?.focus();
  await paste(tab, value);
  await tab.keyboard.press("Tab");
}
