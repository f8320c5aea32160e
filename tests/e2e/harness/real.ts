/** Real installations, named by variables. */

import type { BrowserContext } from "puppeteer-core";

import { required } from "./environment.ts";
import type { Account, Installation, Product } from "./installation.ts";
import { signInAsAdministrator } from "./login-pages.ts";

export function realInstallation(): Installation {
  const origins = { authentik: origin("AUTHENTIK_URL"), mailcow: origin("MAILCOW_URL") };
  const administrators = { authentik: account("AUTHENTIK"), mailcow: account("MAILCOW") };
  const mailboxUser = account("MAILBOX");
  return {
    origins,
    mailboxUser: () => Promise.resolve(mailboxUser),
    async signIn(context: BrowserContext, product: Product, user?: string): Promise<void> {
      const administrator = administrators[product];
      if (user !== undefined && user !== administrator.user) throw new Error(`no password is known for ${user}`);
      const page = await context.newPage();
      await signInAsAdministrator(page, product, origins[product], administrator);
      await page.close();
    },
    close: () => Promise.resolve(),
  };
}

const origin = (variable: string): string => new URL(required(variable)).origin;

const account = (prefix: string): Account => ({
  user: required(`${prefix}_USER`),
  password: required(`${prefix}_PASSWORD`),
});
