/**
 * Signs in through the products' own login pages, as users do. Fields are found by the names that they have had in every version.
 */

import type { ElementHandle, Page } from "puppeteer-core";

import type { Account, Product } from "./installation.ts";

/** Fills in authentik's flow page, which `page` shows or is about to show, and waits until the flow ends. */
export async function passAuthentikFlow(page: Page, account: Account): Promise<void> {
  await fillAuthentikFlow(page, account);
  await page.waitForFunction(() => !location.pathname.includes("/if/flow/"));
}

/** Fills in authentik's flow page and submits it, wherever that leads. */
export async function fillAuthentikFlow(page: Page, account: Account): Promise<void> {
  // authentik's script uses one name for the field, the request that it sends another.
  const user = await fieldInSight(page, ["uidField", "uid_field"]);
  await user.type(account.user);
  // A flow may be configured to show both stages on one page.
  if (!(await page.evaluate(findInSight, ["password"]))) await user.press("Enter");
  const password = await fieldInSight(page, ["password"]);
  await password.type(account.password);
  await password.press("Enter");
}

/** Signs in an administrator. */
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

/** Waits for the visible field: authentik's page has others of the same names far outside of it, for password managers. */
async function fieldInSight(page: Page, names: string[]): Promise<ElementHandle<HTMLInputElement>> {
  const found = await page.waitForFunction(findInSight, {}, names);
  return found as ElementHandle<HTMLInputElement>;
}

/** Finds the visible field with one of these names, in any component; runs in the page. */
function findInSight(names: string[]): HTMLInputElement | undefined {
  const inSight = (field: HTMLInputElement): boolean => {
    const { left, top, right, bottom } = field.getBoundingClientRect();
    return right > Math.max(left, 0) && bottom > Math.max(top, 0) && left < innerWidth && top < innerHeight;
  };
  const find = (root: Document | ShadowRoot): HTMLInputElement | undefined => {
    for (const element of root.querySelectorAll("*")) {
      if (element instanceof HTMLInputElement && names.includes(element.name) && inSight(element)) return element;
      const inside = element.shadowRoot && find(element.shadowRoot);
      if (inside) return inside;
    }
    return undefined;
  };
  return find(document);
}

async function submit(page: Page, selector: string, value: string): Promise<void> {
  await page.locator(selector).fill(value);
  const field = await page.waitForSelector(selector);
  await field?.press("Enter");
}
