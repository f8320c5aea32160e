/** Sign-ins, each in a browser of its own, and how they end (docs/contract/e2e.md, "Cases"). */

import type { Page } from "puppeteer-core";

import type { Account } from "./installation.ts";
import { fillAuthentikFlow } from "./login-pages.ts";

/** Where a sign-in ends: in the mailbox, or at mailcow's login page with an alert. */
type Ending = "mailbox" | "refused";

/** Starts at the address of the button on mailcow's login page, and waits for the ending. */
export async function signIn(page: Page, mailcow: string, account: Account, ending: Ending): Promise<void> {
  await page.goto(`${mailcow}/?iam_sso=1`);
  if (new URL(page.url()).pathname.includes("/if/flow/default-authentication-flow"))
    await fillAuthentikFlow(page, account);
  try {
    await page.waitForFunction(
      (host, ending) => {
        if (location.host !== host || document.readyState !== "complete") return false;
        if (ending === "mailbox") return location.pathname.startsWith("/SOGo/so");
        return document.querySelector('[name="login_user"]') && document.querySelector(".alert-danger");
      },
      {},
      new URL(mailcow).host,
      ending,
    );
  } catch (error) {
    const text = await page.evaluate(() => document.body.innerText);
    throw new Error(`a sign-in was to end "${ending}", not at ${page.url()}: ${text}`, { cause: error });
  }
}
