/** What the script in a tab sends: the page's session to the page's own origin, and a client secret only from the page it is for. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { Request } from "cowbell-core";

import { perform } from "../../extension/src/page/request";

const HERE = "https://mailcow.company";

/** Sends a request from a page at `HERE`; returns how it ended and what was sent. */
async function performed(
  request: Request,
  {
    worker = false,
    answer = () => new Response("{}", { headers: { "Content-Type": "application/json" } }),
    cancel = new AbortController().signal,
    timeoutMs = 1_000,
  }: {
    worker?: boolean;
    answer?: (signal: AbortSignal) => Response | Promise<Response>;
    cancel?: AbortSignal;
    timeoutMs?: number;
  } = {},
): Promise<{ outcome: unknown; sent: [url: string, init: RequestInit][] }> {
  const sent: [string, RequestInit][] = [];
  Object.assign(globalThis, {
    location: { origin: HERE },
    Document: class {
      get cookie(): string {
        return "theme=dark; csrf=token; session=hidden";
      }
    },
    document: {},
  });
  const navigator = { serviceWorker: { controller: worker ? {} : null } };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
    sent.push([url, init]);
    return answer(init.signal ?? assert.fail());
  });
  try {
    return { outcome: await perform(request, timeoutMs, cancel), sent };
  } finally {
    mock.restoreAll();
  }
}

/** A request of the core. */
function request(url: string, part: Partial<Request> = {}): Request {
  return { method: "GET", url, credentials: "session", want: "text", ...part };
}

test("the session goes to the page’s own origin", async () => {
  const { outcome, sent } = await performed(request(`${HERE}/api/v1/get/status/version`));
  assert.ok(typeof outcome === "object" && outcome && "ok" in outcome);
  assert.equal(sent.length, 1);
  const [, { credentials, mode, redirect, referrerPolicy, cache }] = sent[0] ?? assert.fail();
  assert.deepEqual(
    { credentials, mode, redirect, referrerPolicy, cache },
    { credentials: "same-origin", mode: "cors", redirect: "manual", referrerPolicy: "same-origin", cache: "no-store" },
  );
});

for (const url of [
  "https://mailcow.company.evil.example/api/v1/get/status/version",
  "http://mailcow.company/api/v1/get/status/version",
  "https://mailcow.company:8443/api/v1/get/status/version",
  "https://mailcow.company@evil.example/",
  "//evil.example/",
  "/api/v1/get/status/version",
  "data:application/json,{}",
  "not an address",
]) {
  test(`with the session nothing is sent to ${url}`, async () => {
    const csrf = { cookie: "csrf", header: "X-CSRF" };
    const { outcome, sent } = await performed(request(url, { method: "POST", csrf }));
    assert.deepEqual(outcome, { error: "network" });
    assert.deepEqual(sent, []);
  });
}

test("a request without the session carries no cookie, wherever it goes", async () => {
  for (const url of [`${HERE}/application/o/token/`, "https://authentik.company/application/o/token/"]) {
    const { sent } = await performed(
      request(url, {
        method: "POST",
        credentials: "omit",
        sender: HERE,
        body: { encoding: "application/x-www-form-urlencoded", text: "a=b" },
      }),
    );
    const [, { credentials, headers }] = sent[0] ?? assert.fail();
    assert.equal(credentials, "omit");
    assert.deepEqual([...new Headers(headers)], [["content-type", "application/x-www-form-urlencoded"]]);
  }
});

const TOKEN = "https://authentik.company/application/o/token/";
const SECRET = {
  method: "POST",
  credentials: "omit",
  body: { encoding: "application/x-www-form-urlencoded", text: "secret" },
} as const;

for (const [what, url, part, isSent] of [
  ["mailcow’s page, which is this one", TOKEN, { ...SECRET, sender: HERE }, true],
  ["the page of the endpoint", TOKEN, SECRET, false],
  ["the page of the endpoint, which is this one", `${HERE}/application/o/revoke/`, SECRET, true],
  ["a look-alike", TOKEN, { ...SECRET, sender: "https://mailcow.company.evil.example" }, false],
  ["another port", TOKEN, { ...SECRET, sender: `${HERE}:8443` }, false],
  ["http", TOKEN, { ...SECRET, sender: "http://mailcow.company" }, false],
] as const) {
  test(`a client secret that is for ${what}: ${isSent ? "sent" : "not sent"}`, async () => {
    const { outcome, sent } = await performed(request(url, part));
    assert.equal(sent.length, isSent ? 1 : 0);
    if (!isSent) assert.deepEqual(outcome, { error: "network" });
  });
}

test("a page with a service worker, which could read it, sends no client secret, and goes on with its session", async () => {
  const { outcome, sent } = await performed(request(TOKEN, { ...SECRET, sender: HERE }), { worker: true });
  assert.deepEqual([outcome, sent], [{ error: "service_worker" }, []]);
  assert.equal((await performed(request(`${HERE}/api/v1/get/status/version`), { worker: true })).sent.length, 1);
});

test("of the cookies only the one that is named is repeated, in the header that is named", async () => {
  const { sent } = await performed(
    request(`${HERE}/api/v3/core/users/1/`, { method: "PATCH", csrf: { cookie: "csrf", header: "X-CSRF" } }),
  );
  const [, { headers }] = sent[0] ?? assert.fail();
  assert.deepEqual([...new Headers(headers)], [["x-csrf", "token"]]);
});

test("a redirect is not followed, and its answer is none", async () => {
  const answer = (): Response => Object.defineProperty(new Response("{}"), "type", { value: "opaqueredirect" });
  assert.deepEqual((await performed(request(`${HERE}/`), { answer })).outcome, { error: "redirected" });
});

test("of an answer that only has to arrive, nothing is read", async () => {
  const { outcome } = await performed(request(`${HERE}/`, { want: "contact" }));
  assert.equal((outcome as { ok: { body: string } }).ok.body, "");
});

for (const [said, seconds] of [
  ["30", 30],
  ["", null],
  ["-1", null],
  ["1e9", null],
  ["9999999", null],
  ["Wed, 21 Oct 2026 07:28:00 GMT", null],
] as const) {
  test(`“Retry-After: ${said}” means ${seconds ?? "nothing"}`, async () => {
    const answer = (): Response => new Response("{}", { headers: { "Retry-After": said } });
    const { outcome } = await performed(request(`${HERE}/`), { answer });
    assert.equal((outcome as { ok: { retryAfterS: unknown } }).ok.retryAfterS, seconds);
  });
}

/** An answer that is waited for only if nothing ends the request. */
const silence = (signal: AbortSignal): Promise<Response> =>
  new Promise((resolve, reject) => {
    // Node does not wait for the time limit of a signal.
    const alive = setTimeout(() => resolve(new Response("{}")), 5_000);
    signal.addEventListener("abort", () => {
      clearTimeout(alive);
      reject(signal.reason);
    });
  });

test("a request without an answer ends at its time limit", async () => {
  const { outcome } = await performed(request(`${HERE}/`), { answer: silence, timeoutMs: 1 });
  assert.deepEqual(outcome, { error: "timeout" });
});

test("a request without an answer ends when it is cancelled", async () => {
  const end = new AbortController();
  const answer = (signal: AbortSignal): Promise<Response> => {
    queueMicrotask(() => end.abort());
    return silence(signal);
  };
  const { outcome } = await performed(request(`${HERE}/`), { answer, cancel: end.signal, timeoutMs: 60_000 });
  assert.deepEqual(outcome, { error: "cancelled" });
});
