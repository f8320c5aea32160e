/** Sends one request from the current page. */

import type { Request } from "cowbell-core";
import type { Outcome } from "../protocol";
import { readText } from "./body";

/** Sends a request and returns how it ended; never rejects. Nothing is sent from a page that may not send it. */
export async function perform(request: Request, timeoutMs: number, cancel: AbortSignal): Promise<Outcome> {
  if (senderOf(request) !== location.origin) return { error: "network" };
  if (holdsSecret(request) && isWatched()) return { error: "service_worker" };
  const session = request.credentials === "session";
  const timeout = AbortSignal.timeout(timeoutMs);
  const contact = request.want === "contact";
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: headersOf(request),
      body: request.body?.text ?? null,
      credentials: session ? "same-origin" : "omit",
      cache: "no-store",
      referrerPolicy: "same-origin",
      mode: contact ? "no-cors" : "cors",
      // The Fetch standard permits an opaque response only if redirects are followed.
      redirect: contact ? "follow" : "manual",
      signal: AbortSignal.any([timeout, cancel]),
    });
    if (answer.type === "opaqueredirect") return { error: "redirected" };
    const body = contact ? "" : await readText(answer, request.only);
    if (typeof body !== "string") return body;
    return {
      ok: {
        status: answer.status,
        contentType: answer.headers.get("Content-Type") ?? "",
        retryAfterS: seconds(answer.headers.get("Retry-After")),
        body,
      },
    };
  } catch {
    if (cancel.aborted) return { error: "cancelled" };
    return { error: timeout.aborted ? "timeout" : "network" };
  }
}

/** Origin of the page that a request is for: a session goes to its own, a client secret from the one that the core names. */
function senderOf({ sender, url }: Request): string | undefined {
  return sender ?? (URL.canParse(url) ? new URL(url).origin : undefined);
}

/** Without a session the only body is that of a client with its secret. */
function holdsSecret({ body, credentials }: Request): boolean {
  return credentials === "omit" && body !== undefined;
}

/** Whether a service worker of the page could read what this script sends, as in Firefox. */
function isWatched(): boolean {
  return Boolean(navigator.serviceWorker?.controller);
}

function headersOf({ body, csrf }: Request): Headers {
  const headers = new Headers();
  if (body) headers.set("Content-Type", body.encoding);
  if (csrf) headers.set(csrf.header, cookie(csrf.cookie));
  return headers;
}

/** Milliseconds for which the cookies that were read are reused: reading them blocks the page on another process. */
const COOKIES_MS = 50;

let cookies = { text: "", until: 0 };

function cookie(name: string): string {
  const now = performance.now();
  if (now >= cookies.until)
    cookies = { text: Reflect.get(Document.prototype, "cookie", document), until: now + COOKIES_MS };
  const start = `${name}=`;
  return (
    cookies.text
      .split("; ")
      .find((pair) => pair.startsWith(start))
      ?.slice(start.length) ?? ""
  );
}

function seconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
}
