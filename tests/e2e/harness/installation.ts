/** The two products that a journey works with, simulated or real. */

import type { BrowserContext } from "puppeteer-core";

export type Product = "authentik" | "mailcow";

/** User name and password. */
export interface Account {
  user: string;
  password: string;
}

export interface Installation {
  /** Scheme, host and port of each, and the path below which it is served if it has one, without a trailing slash. */
  readonly origins: Readonly<Record<Product, string>>;
  /** Signs in an administrator: the given user, or the one that the installation was created with. */
  signIn(context: BrowserContext, product: Product, user?: string): Promise<void>;
  /** Returns a user without special permissions who may sign in to mailcow through authentik. */
  mailboxUser(): Promise<Account>;
  /** Stops everything that was started for the installation. */
  close(): Promise<void>;
}

/** The page on which an administrator clicks the icon. */
export const START: Readonly<Record<Product, string>> = {
  authentik: "/if/admin/",
  mailcow: "/admin/system",
};
