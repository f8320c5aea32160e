/** The two products that a journey works with, simulated or real. */

import type { BrowserContext } from "puppeteer-core";

export type Product = "authentik" | "mailcow";

/** Who signs in with what. */
export interface Account {
  user: string;
  password: string;
}

export interface Installation {
  /** Scheme, host and port of each, without a slash at the end. */
  readonly origins: Readonly<Record<Product, string>>;
  /** Signs an administrator in: the given user, or the one that the installation was made with. */
  signIn(context: BrowserContext, product: Product, user?: string): Promise<void>;
  /** Somebody without special rights who may sign in to mailcow through authentik. */
  mailboxUser(): Promise<Account>;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/** Where an administrator is when clicking the icon. */
export const START: Readonly<Record<Product, string>> = {
  authentik: "/if/admin/",
  mailcow: "/admin/system",
};
