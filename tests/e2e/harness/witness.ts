/**
 * The state of both products, read independently of Cowbell: an administrator's own page reads the product's API. Works with real
 * installations, too.
 */

import type { Page } from "puppeteer-core";

/** A record of an API. */
export type Entry = Readonly<Record<string, unknown>>;

/** What the integration may change in authentik. */
export interface AuthentikState {
  providers: Entry[];
  applications: Entry[];
  mappings: Entry[];
  bindings: Entry[];
  groups: Entry[];
  users: Entry[];
}

/** What the integration may change in mailcow. */
export interface MailcowState {
  /** The stored identity provider; without members if there is none. */
  identityProvider: Entry;
  mailboxes: Entry[];
}

const LISTS = {
  providers: "/api/v3/providers/oauth2/?ordering=pk",
  applications: "/api/v3/core/applications/?superuser_full_list=true&ordering=slug",
  mappings: "/api/v3/propertymappings/provider/scope/?ordering=name",
  bindings: "/api/v3/policies/bindings/?ordering=order",
  groups: "/api/v3/core/groups/?include_users=false&ordering=name",
  users: "/api/v3/core/users/?ordering=pk&include_groups=false",
} as const satisfies Record<keyof AuthentikState, string>;

/** The largest page size that every version supports (docs/contract/authentik.md, section 2). */
const PAGE_SIZE = 100;

/** Members that change by themselves or are derived from others. */
const PASSING = new Set(["autocomplete", "last_login", "last_updated", "num_pk", "date_joined", "last_used"]);

/** Reads everything that the integration may change in authentik; `page` belongs to an administrator. */
export async function authentikState(page: Page): Promise<AuthentikState> {
  const names = Object.keys(LISTS) as (keyof AuthentikState)[];
  const lists = await Promise.all(
    names.map(async (name) => [name, (await list(page, LISTS[name])).map(lasting)] as const),
  );
  const state = Object.fromEntries(lists) as unknown as AuthentikState;
  return { ...state, groups: state.groups.map(inOrder), providers: state.providers.map(inOrder) };
}

/** Reads everything that the integration may change in mailcow; `page` belongs to an administrator. */
export async function mailcowState(page: Page): Promise<MailcowState> {
  const identityProvider = await ask<Entry | []>(page, "/api/v1/get/identity-provider");
  const mailboxes = await ask<Entry[] | Entry>(page, "/api/v1/get/mailbox/all");
  return {
    identityProvider: Array.isArray(identityProvider) ? {} : identityProvider,
    // An empty list is `{}` (docs/contract/mailcow.md).
    mailboxes: Array.isArray(mailboxes) ? mailboxes : [],
  };
}

/** Returns the one entry whose member has this value. */
export function only(entries: readonly Entry[], member: string, value: unknown): Entry {
  const found = entries.filter((entry) => entry[member] === value);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} entries have ${member} = ${String(value)}`);
  return found[0];
}

async function list(page: Page, path: string): Promise<Entry[]> {
  interface Answer {
    pagination: { next: number };
    results: Entry[];
  }
  const entries: Entry[] = [];
  for (let number = 1; number > 0; ) {
    const { pagination, results } = await ask<Answer>(page, `${path}&page_size=${PAGE_SIZE}&page=${number}`);
    entries.push(...results);
    number = pagination.next;
  }
  return entries;
}

/**
 * Sends a request to an API with the session of the page; a response without a body is `undefined`. A page of authentik's interface
 * shows below which path authentik is served.
 */
export async function ask<Answer>(page: Page, path: string, method = "GET", body?: unknown): Promise<Answer> {
  const answer = await page.evaluate(
    async (path, method, body) => {
      const [, csrf = ""] = /authentik_csrf=([^;]*)/.exec(document.cookie) ?? [];
      const [base = "", inside] = location.pathname.split("/if/");
      const json = body === undefined ? {} : { "Content-Type": "application/json" };
      const response = await fetch((inside === undefined ? "" : base) + path, {
        method,
        cache: "no-store",
        headers: { "X-authentik-CSRF": csrf, ...json },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    },
    path,
    method,
    body,
  );
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return (answer.text === "" ? undefined : JSON.parse(answer.text)) as Answer;
}

/** Lists whose order is undefined and varies: a group's members after one of them was changed, a provider's selections. */
const UNORDERED = ["users", "property_mappings", "grant_types"];

/** Sorts the members of an entry. */
const inOrder = (entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      UNORDERED.includes(name) && Array.isArray(value) ? value.toSorted() : value,
    ]),
  );

const lasting = (entry: Entry): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !PASSING.has(name)));
