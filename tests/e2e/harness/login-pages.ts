/** Signing in through the products' own login pages, as people do. Fields are found by the names they have had in every version. */

import type { Page } from "puppeteer-core";

import type { Account, Product } from "./installation.ts";

/** Fills authentik's flow page, which `page` shows or is about to show, and waits until the flow is left. */
export async function passAuthentikFlow(page: Page, account: Account): Promise<void> {
  await fillAuthentikFlow(page, account);
  await page.waitForFunction(() => !location.pathname.includes("/if/flow/"));
}

/** Fills authentik's flow page and sends it, wherever that leads. */
export async function fillAuthentikFlow(page: Page, account: Account): Promise<void> {
  // authentik's script names the field in one way, what it sends in the other.
  const user = await page.waitForSelector('>>> input:is([name="uidField"], [name="uid_field"])', { visible: true });
  await user?.type(account.user);
  const password = '>>> input[name="password"]';
  // Both stages are on one page where the flow says so.
  if (!(await visible(page, password))) await user?.press("Enter");
  await submit(page, password, account.password);
}

/** Signs an administrator in. */
export async function signInAsAdministrator(
  page: Page,
  product: Product,
  origin: string,
  account: Account,
): Promise<void> {
  if (product === "authentik") {
    await page.goto(`${origin}/if/admin/`);
    await passAuthentikFlow(page, account);
    return;
  }
  await page.goto(`${origin}/admin/`);
  await page.locator('input[name="login_user"]').fill(account.user);
  await Promise.all([page.waitForNavigation(), submit(page, 'input[name="pass_user"]', account.password)]);
  if (!new URL(page.url()).pathname.startsWith("/admin/dashboard"))
    throw new Error(`mailcow did not let ${account.user} in`);
}

async function visible(page: Page, selector: string): Promise<boolean> {
  const found = await page.$(selector);
  return found !== null && (await found.isVisible());
}

async function submit(page: Page, selector: string, value: string): Promise<void> {
  await page.locator(selector).fill(value);
  const field = await page.waitForSelector(selector);
  await field?.press("Enter");
}
