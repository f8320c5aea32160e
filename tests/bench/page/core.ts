/** The shipped core in a page: what it costs to read and compare a large directory. */

import init, { Cowbell, type SetupDraft, type WireAnswer } from "cowbell-core";

import { narrow, readText } from "../../../extension/src/page/body";
import { perform } from "../../../extension/src/page/request";
import { NEW_DRAFT } from "../../../extension/src/panel/state/state";

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
  /** Finding out who can sign in. */
  readiness: number;
  /** Searching in that. */
  search: number;
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
  const core = new Cowbell({
    send: async ({ requests, timeoutMs }, onAnswer) => {
      const given = requests.map(async (request, index) => {
        const page = request.url.includes(PAGES)
          ? pages[Number(new URL(request.url).searchParams.get("page")) - 1]
          : answers.get(request.url);
        // As the script in the tab does it.
        const body = page && request.only ? narrow(page, request.only) : page;
        const ready: WireAnswer = body
          ? { ok: { status: 200, contentType: "application/json", retryAfterS: null, body } }
          : await perform(request, timeoutMs, new AbortController().signal);
        onAnswer(index, ready);
      });
      await Promise.all(given);
    },
    cancelled: () => false,
    keep: () => Promise.resolve(),
  });
  await core.observeAuthentik(location.href);
  const draft: SetupDraft = { ...NEW_DRAFT, mailcow };
  const progress = (): void => undefined;
  const choice = { defaultTemplate: "Default", loginProvisioning: true };
  const mailboxes = answers.get(`${mailcow}/api/v1/get/mailbox/all`) ?? "";
  if (typeof (await readText(new Response(mailboxes), [])) !== "string")
    throw new Error("the script in the tab would not read the mailboxes");
  const query = { text: "adler99", outcome: undefined, reason: undefined, offset: 0, limit: 20 };
  const figures = {
    parse: Number.POSITIVE_INFINITY,
    read: Number.POSITIVE_INFINITY,
    compare: Number.POSITIVE_INFINITY,
    parseMailboxes: Number.POSITIVE_INFINITY,
    readMailboxes: Number.POSITIVE_INFINITY,
    readiness: Number.POSITIVE_INFINITY,
    search: Number.POSITIVE_INFINITY,
  };
  let memoryOfUsers = 0;
  for (let run = 0; run < RUNS; run++) {
    const parse = (): void => {
      for (const page of pages) JSON.parse(page);
    };
    figures.parse = Math.min(figures.parse, await time(parse));
    figures.read = Math.min(figures.read, await time(() => core.readUsers(progress)));
    figures.compare = Math.min(figures.compare, await time(() => core.plan(draft, progress)));
    memoryOfUsers ||= memory.buffer.byteLength;
    figures.parseMailboxes = Math.min(figures.parseMailboxes, await time(() => JSON.parse(mailboxes) as unknown));
    figures.readMailboxes = Math.min(
      figures.readMailboxes,
      await time(() => core.observeMailcow(`${mailcow}/admin/system`, choice)),
    );
    figures.readiness = Math.min(
      figures.readiness,
      await time(() => core.readReadiness(draft, choice, ["mailcow"], progress)),
    );
    figures.search = Math.min(figures.search, await time(() => core.findReadiness(query)));
  }
  const { users, reasons } = await core.readReadiness(draft, choice, ["mailcow"], progress);
  const signIn = reasons.filter(({ outcome }) => outcome === "signs_in").reduce((sum, reason) => sum + reason.count, 0);
  if (users !== count) throw new Error(`${users} of ${count} users were looked at`);
  if (signIn < mailboxCount / 2) throw new Error(`only ${signIn} users have one of ${mailboxCount} mailboxes`);
  const { total } = core.countUsers({ kind: "all" });
  const { change, keep } = core.countUsers({ kind: "all" }).counts;
  if (change + keep < count / 2) throw new Error(`only ${change + keep} of ${count} users were compared`);
  if (total !== count) throw new Error(`${total} of ${count} users were read`);
  return { ...figures, mailboxesLength: mailboxes.length, memoryOfUsers, memory: memory.buffer.byteLength };
}

/** What a mailcow answers that is connected to this authentik, where every other of the first users has a mailbox. */
async function makeMailcow(mailcow: string, pages: string[], count: number): Promise<Map<string, string>> {
  const { results } = (await (await fetch("/api/v3/providers/oauth2/")).json()) as { results: { client_id: string }[] };
  const users = pages
    .slice(0, Math.ceil((2 * count) / PAGE_SIZE))
    .flatMap((page) => (JSON.parse(page) as { results: { email: string }[] }).results);
  // Every member that mailcow sends (docs/contract/mailcow.md, section 8; recording 204).
  const mailbox = (email: string): object => ({
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
    authsource: "generic-oidc",
    percent_class: "success",
    last_imap_login: 0,
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
  const settings = {
    authsource: "generic-oidc",
    client_id: results[0]?.client_id,
    redirect_url: mailcow,
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
    "mailbox/all": users.filter((_, at) => at % 2 === 0).map(({ email }) => mailbox(email)),
    "alias/all": {},
    "alias-domain/all": {},
  };
  return new Map(Object.entries(bodies).map(([path, body]) => [`${mailcow}/api/v1/get/${path}`, JSON.stringify(body)]));
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
