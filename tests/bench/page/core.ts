/** The shipped core in a page: what it costs to read and compare a large directory. */

import init, { type Batch, type Browser, newDraft, Panel, type Request, type WireAnswer } from "cowbell-core";

import { narrow, readText } from "../../../extension/src/page/body";
import { perform } from "../../../extension/src/page/request";

/** Milliseconds, and bytes. */
export interface CoreFigures {
  parse: number;
  read: number;
  compare: number;
  /** Parsing the JSON of the mailboxes. */
  parseMailboxes: number;
  /** Reading the mailboxes, from the text that mailcow sends. */
  readMailboxes: number;
  /** Length of that text. */
  mailboxesLength: number;
  /** Checking both sides, with mailboxes read again. */
  check: number;
  /** Finding out who can sign in, with users read again. */
  table: number;
  /** Searching in that. */
  search: number;
  /** Reading what a switch costs whom, with the app passwords of a quarter of the mailboxes, and proposing a wave. */
  waves: number;
  /** Memory of the core when it knew no more than the users. */
  memoryOfUsers: number;
  memory: number;
}

const PAGE_SIZE = 100;
const PAGES = "/api/v3/core/users/?";
const RUNS = 5;

/** Reads `count` users made after the first page of this authentik, plans for all of them, and looks which of the mailboxes is whose. */
export async function measure(
  wasm: string,
  mailcow: string,
  count: number,
  mailboxCount: number,
): Promise<CoreFigures> {
  const { memory } = await init({ module_or_path: Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0)) });
  const pages = await makePages(count);
  const answers = await makeMailcow(mailcow, pages, mailboxCount);
  const panel = new Panel(browserOf(pages, answers), undefined, "bench", []);
  const mailcowPage = `${mailcow}/admin/system`;
  const browse = async (): Promise<void> => {
    await panel.handle({ kind: "click", tab: 1, url: location.href });
    await panel.handle({ kind: "live", product: "authentik", page: 1, url: location.href });
    await panel.handle({ kind: "click", tab: 2, url: mailcowPage });
    await panel.handle({ kind: "live", product: "mailcow", page: 2, url: mailcowPage });
  };
  const mailboxes = answers.get(`${mailcow}/api/v1/get/mailbox/all`) ?? "";
  if (typeof (await readText(new Response(mailboxes), [])) !== "string")
    throw new Error("the script in the tab would not read the mailboxes");
  await panel.handle({ kind: "edit", draft: { ...newDraft(), mailcow } });
  await panel.handle({ kind: "choose", choice: { defaultTemplate: "Default", loginProvisioning: true } });
  const best: Omit<CoreFigures, "mailboxesLength" | "memoryOfUsers" | "memory"> = {
    parse: Number.POSITIVE_INFINITY,
    read: Number.POSITIVE_INFINITY,
    compare: Number.POSITIVE_INFINITY,
    parseMailboxes: Number.POSITIVE_INFINITY,
    readMailboxes: Number.POSITIVE_INFINITY,
    check: Number.POSITIVE_INFINITY,
    table: Number.POSITIVE_INFINITY,
    search: Number.POSITIVE_INFINITY,
    waves: Number.POSITIVE_INFINITY,
  };
  const measured = async (name: keyof typeof best, work: () => unknown): Promise<void> => {
    best[name] = Math.min(best[name], await time(work));
  };
  let memoryOfUsers = 0;
  await browse();
  for (let run = 0; run < RUNS; run++) {
    await measured("parse", () => {
      for (const page of pages) JSON.parse(page);
    });
    await measured("read", () => panel.handle({ kind: "retry", product: "authentik" }));
    await measured("compare", () => panel.handle({ kind: "plan" }));
    memoryOfUsers ||= memory.buffer.byteLength;
    await measured("parseMailboxes", () => JSON.parse(mailboxes) as unknown);
    await measured("readMailboxes", () => panel.handle({ kind: "retry", product: "mailcow" }));
    await measured("check", () => panel.handle({ kind: "check" }));
    await measured("table", () => panel.handle({ kind: "go", section: "readiness" }));
    await measured("search", () => panel.findReadiness("adler99", 0, 20));
    await measured("waves", () => panel.handle({ kind: "read_people" }));
    await panel.handle({ kind: "go", section: "setup" });
  }
  const { readiness, users } = panel.view();
  if (readiness.kind !== "done") throw new Error(`who can sign in is ${readiness.kind}`);
  const { view, people } = readiness;
  const signIn = view.reasons
    .filter(({ outcome }) => outcome === "signs_in")
    .reduce((sum, reason) => sum + reason.count, 0);
  if (people.kind !== "done") throw new Error(`what a switch costs is ${people.kind}`);
  if (view.users !== count) throw new Error(`${view.users} of ${count} users were looked at`);
  // Half of the mailboxes sign in with authentik.
  if (signIn < 0.4 * mailboxCount)
    throw new Error(`only ${signIn} users have one of ${mailboxCount} mailboxes: ${JSON.stringify(view.reasons)}`);
  if (users.kind !== "read") throw new Error(`users are ${users.kind}`);
  const { total, counts } = users.directory;
  if (counts.change + counts.keep < count / 2)
    throw new Error(`only ${counts.change + counts.keep} of ${count} users were compared`);
  if (total !== count) throw new Error(`${total} of ${count} users were read`);
  return { ...best, mailboxesLength: mailboxes.length, memoryOfUsers, memory: memory.buffer.byteLength };
}

/** A browser whose servers answer at once with what is given, and with what they answered the first time. */
function browserOf(pages: readonly string[], answers: ReadonlyMap<string, string>): Browser {
  const known = new Map<string, WireAnswer>();
  const answer = async (request: Request, timeoutMs: number): Promise<WireAnswer> => {
    const key = JSON.stringify(request);
    const given = request.url.includes(PAGES)
      ? pages[Number(new URL(request.url).searchParams.get("page")) - 1]
      : (answers.get(request.url) ?? noAppPasswords(request.url) ?? preview(request.url, pages));
    if (given !== undefined) {
      // As the script in the tab does it.
      const body = request.only ? (narrow(given, request.only) ?? given) : given;
      return { ok: { status: 200, contentType: "application/json", retryAfterS: null, body } };
    }
    const ready = known.get(key) ?? (await perform(request, timeoutMs, new AbortController().signal));
    known.set(key, ready);
    return ready;
  };
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    send: async (_page, { requests, timeoutMs }: Batch, onAnswer) => {
      await Promise.all(requests.map(async (request, index) => onAnswer(index, await answer(request, timeoutMs))));
    },
    cancel: () => undefined,
    keep: nothing,
    connect: () => undefined,
    disconnect: () => undefined,
    navigate: nothing,
    reload: nothing,
    visit: nothing,
    visitPrivately: nothing,
    fill: () => Promise.resolve({}),
    readForm: () => Promise.reject(new Error("no form")),
    watchForm: () => undefined,
    viewChanged: () => undefined,
  };
}

/** What mailcow says of a mailbox without app passwords. */
function noAppPasswords(url: string): string | undefined {
  return url.includes("/get/app-passwd/all/") ? "{}" : undefined;
}

/** The claims of one of the users, who are known to nobody else. */
function preview(url: string, pages: readonly string[]): string | undefined {
  const { pathname, searchParams } = new URL(url);
  if (!pathname.endsWith("/preview_user/")) return undefined;
  const pk = Number(searchParams.get("for_user"));
  const page = JSON.parse(pages[Math.floor((pk - 1) / PAGE_SIZE)] ?? "") as {
    results: { pk: number; email: string }[];
  };
  const email = page.results.find((user) => user.pk === pk)?.email;
  return JSON.stringify({ preview: { email, email_verified: true } });
}

/** What a mailcow answers that is connected to this authentik, where every other of the first users has a mailbox. */
async function makeMailcow(mailcow: string, pages: string[], count: number): Promise<Map<string, string>> {
  interface Provider {
    client_id: string;
    client_secret: string;
    redirect_uris: { url: string }[];
  }
  const { results } = (await (await fetch("/api/v3/providers/oauth2/")).json()) as { results: Provider[] };
  const [provider] = results;
  const users = pages
    .slice(0, Math.ceil((2 * count) / PAGE_SIZE))
    .flatMap((page) => (JSON.parse(page) as { results: { email: string }[] }).results)
    .filter(({ email }) => email !== "");
  const now = Math.floor(Date.now() / 1_000);
  // Every member that mailcow sends (docs/contract/mailcow.md, section 8; recording 204). Every other mailbox still has its password,
  // and of those every other a mail program that uses it.
  const mailbox = (email: string, at: number): object => ({
    username: email,
    active: 1,
    active_int: 1,
    domain: "mail.example",
    name: email,
    local_part: email,
    quota: 536870912,
    messages: 0,
    attributes: {
      force_pw_update: "0",
      force_tfa: "0",
      tls_enforce_in: "0",
      tls_enforce_out: "0",
      sogo_access: "1",
      imap_access: "1",
      pop3_access: "1",
      smtp_access: "1",
      sieve_access: "1",
      eas_access: "1",
      dav_access: "1",
      relayhost: "0",
      passwd_update: "2026-11-23 14:03:44",
      mailbox_format: "maildir:",
      quarantine_notification: "hourly",
      quarantine_category: "reject",
      attribute_hash: "",
      recovery_email: null,
    },
    custom_attributes: [],
    quota_used: 0,
    percent_in_use: 0,
    created: "2026-11-23 14:03:44",
    modified: null,
    authsource: at % 2 === 0 ? "generic-oidc" : "mailcow",
    percent_class: "success",
    last_imap_login: usesPassword(at) ? now - 3_600 : 0,
    last_smtp_login: 0,
    last_pop3_login: 0,
    last_sso_login: 0,
    max_new_quota: 10737418240,
    spam_aliases: 0,
    pushover_active: 0,
    rl: false,
    rl_scope: "domain",
    is_relayed: 0,
    sender_acl: [],
  });
  const datetime = new Date(1_000 * (now - 3_600)).toISOString().replace("T", " ").slice(0, 19);
  const addresses = users.filter((_, at) => at % 2 === 0).map(({ email }) => email);
  const settings = {
    authsource: "generic-oidc",
    client_id: provider?.client_id,
    client_secret: provider?.client_secret,
    authorize_url: `${location.origin}/application/o/authorize/`,
    token_url: `${location.origin}/application/o/token/`,
    userinfo_url: `${location.origin}/application/o/userinfo/`,
    redirect_url: provider?.redirect_uris[0]?.url,
    client_scopes: "openid profile email",
    default_template: "Default",
    mappers: [],
    templates: [],
    login_provisioning: true,
  };
  const bodies: Record<string, unknown> = {
    "status/version": { version: "2026-07a" },
    "identity-provider": settings,
    "domain/all": [{ domain_name: "mail.example", active: 1, mboxes_left: count }],
    "mailbox/template/all": [{ template: "Default", attributes: { quota: 0 } }],
    "mailbox/all": addresses.map(mailbox),
    "logs/sasl/100000": addresses
      .filter((_, at) => usesPassword(at))
      .map((username) => ({ service: "imap", app_password: 0, username, real_rip: "192.0.2.1", datetime })),
    "alias/all": {},
    "alias-domain/all": {},
  };
  return new Map(Object.entries(bodies).map(([path, body]) => [`${mailcow}/api/v1/get/${path}`, JSON.stringify(body)]));
}

/** Whether a mail program signs in to this mailbox with its password. */
function usesPassword(at: number): boolean {
  return at % 4 === 1;
}

/** Texts of list pages as authentik sends them: its own first page, again and again under new keys. */
async function makePages(count: number): Promise<string[]> {
  const answer = await fetch(`${PAGES}page=1&page_size=${PAGE_SIZE}&include_groups=false`);
  interface Listed {
    results: { pk: number; username: string; email: string }[];
    pagination: Record<string, number>;
  }
  const { results, ...rest } = (await answer.json()) as Listed;
  const total = Math.ceil(count / PAGE_SIZE);
  return Array.from({ length: total }, (_, page) => {
    const users = results.slice(0, Math.min(PAGE_SIZE, count - page * PAGE_SIZE)).map((user, at) => {
      const pk = page * PAGE_SIZE + at + 1;
      return { ...user, pk, username: `${user.username}${pk}`, email: user.email && `${pk}.${user.email}` };
    });
    const pagination = {
      ...rest.pagination,
      count,
      current: page + 1,
      total_pages: total,
      next: page + 1 < total ? page + 2 : 0,
      previous: page,
    };
    return JSON.stringify({ ...rest, pagination, results: users });
  });
}

async function time(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

Object.assign(globalThis, { measure });
