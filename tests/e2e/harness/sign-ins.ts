/** Sign-ins in browsers of their own: how they end, and what mailcow writes of it (docs/contract/e2e.md, "Cases"). */

import type { Page } from "puppeteer-core";

import type { Account } from "./installation.ts";
import { fillAuthentikFlow } from "./login-pages.ts";
import { ask } from "./witness.ts";

/**
 * Where a sign-in ends: in the mailbox; at mailcow's login page with the notice "Login failed", or without any; on an empty
 * page; on a page of authentik with these words.
 */
export type Ending = "mailbox" | "refused" | "silently refused" | "blank" | { authentik: string };

/** Starts at the address that the button of mailcow's login page leads to, and waits for the ending. Gives whether authentik asked who it is. */
export async function signIn(page: Page, mailcow: string, account: Account, ending: Ending): Promise<boolean> {
  await page.goto(`${mailcow}/?iam_sso=1`);
  const asked = new URL(page.url()).pathname.includes("/if/flow/default-authentication-flow");
  if (asked) await fillAuthentikFlow(page, account);
  await endsAt(page, mailcow, ending);
  return asked;
}

/** Waits until a sign-in that is under way ends like this. */
export async function endsAt(page: Page, mailcow: string, ending: Ending): Promise<void> {
  try {
    await ended(page, mailcow, ending);
  } catch (error) {
    const text = await page.evaluate(() => document.body.innerText);
    throw new Error(`a sign-in was to end at ${JSON.stringify(ending)}, not at ${page.url()}: ${text}`, {
      cause: error,
    });
  }
}

async function ended(page: Page, mailcow: string, ending: Ending): Promise<void> {
  const { host } = new URL(mailcow);
  if (typeof ending !== "string") {
    await page.waitForSelector(`::-p-text(${JSON.stringify(ending.authentik)})`);
    if (new URL(page.url()).host === host) throw new Error("this is mailcow");
    return;
  }
  await page.waitForFunction(
    (host, ending) => {
      if (location.host !== host || document.readyState !== "complete") return false;
      const { innerText } = document.body;
      const atLogin = document.querySelector('[name="login_user"]') !== null;
      switch (ending) {
        case "mailbox":
          return location.pathname.startsWith("/SOGo/so");
        case "refused":
          return atLogin && innerText.includes("Login failed");
        case "silently refused":
          return atLogin && location.search.includes("error=") && !innerText.includes("Login failed");
        case "blank":
          return location.search.includes("code=") && innerText === "";
      }
    },
    {},
    host,
    ending,
  );
}

/** A refusal as mailcow's log has it: everything that the last member of `call` says, and the mailbox before it where there is one. */
export interface Refusal {
  id: number;
  address: string | undefined;
  reason: string;
}

/** The refused sign-ins in mailcow's log, the newest first; `page` is one of an administrator. */
export async function refusals(page: Page): Promise<Refusal[]> {
  interface Line {
    id: number;
    type: string;
    call: string;
    user: string;
  }
  const lines = await ask<Line[] | object>(page, "/api/v1/get/logs/ui/200");
  return (Array.isArray(lines) ? (lines as Line[]) : [])
    .filter(({ type, user }) => type === "danger" && user === "unauthenticated")
    .flatMap(({ id, call }) => {
      const [what, ...words] = JSON.parse(call) as [string, ...string[]];
      const reason = words.at(-1);
      return what === "identity_provider" && reason !== undefined ? [{ id, address: words.at(-2), reason }] : [];
    });
}
