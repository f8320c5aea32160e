/** The simulated products: a program that serves both on this machine until its standard input closes. */

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
  /** Number of users. */
  users?: number;
  /** Further arguments of `cowbell-standins serve`. */
  arguments?: string[];
}

/** The one line that the program prints when it is ready. */
interface Ready {
  authentik: string;
  mailcow: string;
  /** Not one of the products: the door by which tests look behind the scenes. */
  control: string;
}

/** What an administrator is called unless a test says otherwise. */
const ADMINISTRATOR: Readonly<Record<Product, string>> = { authentik: "akadmin", mailcow: "admin" };

export class Standins implements Installation {
  readonly origins: Readonly<Record<Product, string>>;
  readonly mailboxUser: Account;
  readonly #process: Server;
  readonly #control: string;

  private constructor(process: Server, ready: Ready, mailboxUser: Account) {
    this.#process = process;
    this.#control = ready.control;
    this.origins = { authentik: ready.authentik, mailcow: ready.mailcow };
    this.mailboxUser = mailboxUser;
  }

  /** Starts the program and waits until it serves. */
  static async start(options: StandinOptions = {}): Promise<Standins> {
    const process = spawn(environment.standins(), ["serve", "--until-stdin-closes", ...flags(options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ready = await readyLine(process);
    return new Standins(process, ready, { user: "user01", password: "user01" });
  }

  /** Signs in by giving the browser the cookies of a session. */
  async signIn(context: BrowserContext, product: Product, user = ADMINISTRATOR[product]): Promise<void> {
    const cookies = await this.control<CookieData[]>("POST", "/session", { product, user });
    const domain = new URL(this.origins[product]).hostname;
    await context.setCookie(...cookies.map((cookie) => ({ ...cookie, domain })));
  }

  /** Asks the control port; its paths are described in `tests/standins`. */
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
  const named = { authentik: options.authentik, mailcow: options.mailcow, users: options.users };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return [...given.flatMap(([name, value]) => [`--${name}`, String(value)]), ...(options.arguments ?? [])];
}
