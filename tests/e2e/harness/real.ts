/** Products that are used as real ones are: only through their addresses, login pages and passwords. */

import type { BrowserContext } from "puppeteer-core";

import { required } from "./environment.ts";
import type { Account, Installation, Product } from "./installation.ts";
import { signInAsAdministrator } from "./login-pages.ts";
import { ADMINISTRATOR, PASSWORD, type StandinOptions, Standins } from "./standins.ts";

/** The accounts that are needed to use an installation. */
interface Accounts extends Record<Product, Account> {
  mailboxUser: Account;
}

class Real implements Installation {
  readonly origins: Installation["origins"];
  readonly #accounts: Accounts;
  readonly #standins: Standins | undefined;

  constructor(origins: Installation["origins"], accounts: Accounts, standins?: Standins) {
    this.origins = origins;
    this.#accounts = accounts;
    this.#standins = standins;
  }

  mailboxUser(): Promise<Account> {
    return Promise.resolve(this.#accounts.mailboxUser);
  }

  async signIn(context: BrowserContext, product: Product, user?: string): Promise<void> {
    const administrator = this.#accounts[product];
    if (user !== undefined && user !== administrator.user) throw new Error(`no password is known for ${user}`);
    const page = await context.newPage();
    await signInAsAdministrator(page, product, this.origins[product], administrator);
    await page.close();
  }

  async close(): Promise<void> {
    await this.#standins?.close();
  }
}

/** Returns the installations that environment variables name. */
export function realInstallation(): Installation {
  return new Real(
    { authentik: origin("AUTHENTIK_URL"), mailcow: origin("MAILCOW_URL") },
    { authentik: account("AUTHENTIK"), mailcow: account("MAILCOW"), mailboxUser: account("MAILBOX") },
  );
}

/** Returns stand-ins of which only those features are used that a real installation has, too. */
export async function pretendedInstallation(options: StandinOptions): Promise<Installation> {
  const standins = await Standins.start(options);
  const administrator = (product: Product): Account => ({ user: ADMINISTRATOR[product], password: PASSWORD });
  return new Real(
    standins.origins,
    {
      authentik: administrator("authentik"),
      mailcow: administrator("mailcow"),
      mailboxUser: await standins.mailboxUser(),
    },
    standins,
  );
}

const origin = (variable: string): string => new URL(required(variable)).origin;

const account = (prefix: string): Account => ({
  user: required(`${prefix}_USER`),
  password: required(`${prefix}_PASSWORD`),
});
