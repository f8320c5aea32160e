/** What one pastes into the browser's console: a loop around `fetch`, six at a time, in a page of authentik. */

import type { Peer } from "./peer.ts";

const CONCURRENCY = 6;

/** The members of a user that the loop needs. */
interface User {
  pk: number;
  attributes: Record<string, unknown>;
}

export const fetchLoop: Peer = async ({ stage }, ready) => {
  const tab = await stage.open("authentik");
  const users = await tab.evaluate(read);
  await ready();
  const said = await tab.evaluate(write, users, CONCURRENCY);
  await tab.close();
  return said;
};

/** In the page: those who need it. */
async function read(): Promise<User[]> {
  interface Listed extends User {
    is_active: boolean;
    email: string;
    type: string;
  }
  const found: Listed[] = [];
  for (let page = 1; page > 0; ) {
    const answer = await fetch(`/api/v3/core/users/?page=${page}&page_size=100&include_groups=false`);
    const { results, pagination } = (await answer.json()) as { results: Listed[]; pagination: { next: number } };
    found.push(...results);
    page = pagination.next;
  }
  return found
    .filter(({ is_active, email, type, attributes }) => {
      return is_active && email && type !== "external" && attributes["email_verified"] !== true;
    })
    .map(({ pk, attributes }) => ({ pk, attributes }));
}

/** In the page: writes what the list had. */
async function write(users: User[], concurrency: number): Promise<string> {
  const [, csrf = ""] = /authentik_csrf=([^;]*)/.exec(document.cookie) ?? [];
  const headers = { "Content-Type": "application/json", "X-authentik-CSRF": csrf };
  const left = users.values();
  const worker = async (): Promise<void> => {
    for (const { pk, attributes } of left) {
      const body = JSON.stringify({ attributes: { ...attributes, email_verified: true } });
      const answer = await fetch(`/api/v3/core/users/${pk}/`, { method: "PATCH", headers, body });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      await answer.text();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  return ends.map((end) => (end.status === "rejected" ? String(end.reason) : "")).join("");
}
