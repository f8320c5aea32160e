/** The stand-ins: a program that serves both products on this machine until its standard input closes. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import type { BrowserContext, CookieData } from "puppeteer-core";

import { environment } from "./environment.ts";
import type { Account, Installation, Product } from "./installation.ts";

export interface StandinOptions {
  /** Version profile, such as "2026.5". */
  authentik?: string;
  /** Version profile, such as "2026-07". */
  mailcow?: string;
  /** Number of users in authentik. */
  users?: number;
  /** Number of people who have a mailbox with a password. */
  mailboxes?: number;
  /** Seed of names and ids. */
  seed?: number;
  /** Whether there is an earlier attempt at the integration. */
  halfMade?: boolean;
  /** Language in which both products speak, such as "de". */
  language?: string;
  /** Path below which authentik is served, such as "/sso". */
  authentikPath?: string;
  /** Host name of both products, instead of one for each. */
  host?: string;
  /** Milliseconds before each response. */
  delay?: number;
}

/** The one line that the program prints when it is ready. */
interface Ready {
  authentik: string;
  mailcow: string;
  /** Not one of the products: the port through which tests inspect and change their state. */
  control: string;
}

/** The members of the control port's `GET /state` that are needed here. */
export interface State {
  mailcow: { mailboxes: { username: string }[] };
  authentik: {
    users: { first: { username: string; type: string; is_active: boolean; is_superuser: boolean; email: string }[] };
  };
}

/** User name of the default administrator. */
export const ADMINISTRATOR: Readonly<Record<Product, string>> = { authentik: "akadmin", mailcow: "admin" };

/** The mail domain of the simulated mailcow. */
const DOMAIN = "@mail.example";

/** Password of every user in the simulated authentik. */
export const PASSWORD = "cowbell";

export class Standins implements Installation {
  readonly origins: Readonly<Record<Product, string>>;
  readonly #process: Server;
  readonly #control: string;
  #mailboxUser: Promise<Account> | undefined;

  private constructor(process: Server, ready: Ready) {
    this.#process = process;
    this.#control = ready.control;
    this.origins = { authentik: ready.authentik, mailcow: ready.mailcow };
  }

  /** Starts the program and waits until it serves. */
  static async start(options: StandinOptions = {}): Promise<Standins> {
    const process = spawn(environment.standins(), ["serve", "--until-stdin-closes", ...flags(options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Standins(process, await readyLine(process));
  }

  /** Signs in by setting the cookies of a session in the browser, for the product's own host name unless another is given. */
  async signIn(
    context: BrowserContext,
    product: Product,
    user = ADMINISTRATOR[product],
    domain = new URL(this.origins[product]).hostname,
  ): Promise<void> {
    const { cookies } = await this.control<{ cookies: CookieData[] }>("POST", "/sign-in", { product, user });
    await context.setCookie(...cookies.map((cookie) => ({ ...cookie, domain })));
  }

  /**
   * Returns the first user who has an address, no special permissions, and no mailbox yet: mailcow refuses the sign-in if the
   * mailbox has its own password.
   */
  mailboxUser(): Promise<Account> {
    // Determined once: after a sign-in it would be another user.
    return (this.#mailboxUser ??= this.#findMailboxUser());
  }

  async #findMailboxUser(): Promise<Account> {
    const { authentik, mailcow } = await this.control<State>("GET", "/state");
    const taken = new Set(mailcow.mailboxes.map(({ username }) => username));
    const fits = ({ email }: { email: string }): boolean => email.endsWith(DOMAIN) && !taken.has(email);
    const user = authentik.users.first.find(
      (user) => user.is_active && !user.is_superuser && user.type === "internal" && fits(user),
    );
    if (user === undefined) throw new Error("nobody may have a mailbox");
    return { user: user.username, password: PASSWORD };
  }

  /** Sends a request to the control port; its paths are described in `tests/standins`. */
  async control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(this.#control + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  async close(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.stdin.end();
    await exited;
  }
}

type Server = ChildProcessByStdio<Writable, Readable, null>;

async function readyLine(process: Server): Promise<Ready> {
  for await (const line of createInterface(process.stdout)) return JSON.parse(line) as Ready;
  throw new Error("the stand-ins ended before they were ready");
}

function flags(options: StandinOptions): string[] {
  const values = {
    "--authentik-profile": options.authentik,
    "--mailcow-profile": options.mailcow,
    "--users": options.users,
    "--mailboxes": options.mailboxes,
    "--seed": options.seed,
    "--language": options.language,
    "--authentik-path": options.authentikPath,
    "--host": options.host,
    "--delay-ms": options.delay,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return [
    ...given.flatMap(([name, value]) => [name, String(value)]),
    ...(options.halfMade === true ? ["--half-made"] : []),
  ];
}
