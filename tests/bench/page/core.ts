/** The shipped core in a page: what it costs to read and compare a large directory. */

import init, { Cowbell, type SetupDraft, type WireAnswer } from "cowbell-core";

import { perform } from "../../../extension/src/page/request";
import { NEW_DRAFT } from "../../../extension/src/panel/state/state";

/** Milliseconds, and bytes. */
export interface CoreFigures {
  parse: number;
  read: number;
  compare: number;
  memory: number;
}

const PAGE_SIZE = 100;
const PAGES = "/api/v3/core/users/?";
const RUNS = 5;

/** Reads `count` users made after the first page of this authentik, and plans for all of them. */
export async function measure(wasm: string, mailcow: string, count: number): Promise<CoreFigures> {
  const { memory } = await init({ module_or_path: Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0)) });
  const pages = await makePages(count);
  const core = new Cowbell({
    send: async ({ requests, timeoutMs }, onAnswer) => {
      const answers = requests.map(async (request, index) => {
        const page = request.url.includes(PAGES) ? pages[Number(new URL(request.url).searchParams.get("page")) - 1] : undefined;
        const ready: WireAnswer = page
          ? { ok: { status: 200, contentType: "application/json", retryAfterS: null, body: page } }
          : await perform(request, timeoutMs, new AbortController().signal);
        onAnswer(index, ready);
      });
      await Promise.all(answers);
    },
    cancelled: () => false,
    keep: () => Promise.resolve(),
  });
  await core.observeAuthentik(location.href);
  const draft: SetupDraft = { ...NEW_DRAFT, mailcow };
  const progress = (): void => undefined;
  const figures = { parse: Infinity, read: Infinity, compare: Infinity };
  for (let run = 0; run < RUNS; run++) {
    figures.parse = Math.min(figures.parse, await time(() => pages.forEach((page) => JSON.parse(page) as unknown)));
    figures.read = Math.min(figures.read, await time(() => core.readUsers(progress)));
    figures.compare = Math.min(figures.compare, await time(() => core.plan(draft, progress)));
  }
  const { total } = core.countUsers({ kind: "all" });
  const { change, keep } = core.countUsers({ kind: "all" }).counts;
  if (change + keep < count / 2) throw new Error(`only ${change + keep} of ${count} users were compared`);
  if (total !== count) throw new Error(`${total} of ${count} users were read`);
  return { ...figures, memory: memory.buffer.byteLength };
}

/** Texts of list pages as authentik sends them: its own first page, again and again under new keys. */
async function makePages(count: number): Promise<string[]> {
  const answer = await fetch(`${PAGES}page=1&page_size=${PAGE_SIZE}&include_groups=false`);
  interface Listed {
    results: { pk: number; username: string }[];
    pagination: Record<string, number>;
  }
  const { results, ...rest } = (await answer.json()) as Listed;
  const total = Math.ceil(count / PAGE_SIZE);
  return Array.from({ length: total }, (_, page) => {
    const users = results.slice(0, Math.min(PAGE_SIZE, count - page * PAGE_SIZE)).map((user, at) => {
      const pk = page * PAGE_SIZE + at + 1;
      return { ...user, pk, username: `${user.username}${pk}` };
    });
    const pagination = { ...rest.pagination, count, current: page + 1, total_pages: total, next: page + 1 < total ? page + 2 : 0, previous: page };
    return JSON.stringify({ ...rest, pagination, results: users });
  });
}

async function time(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

Object.assign(globalThis, { measure });
