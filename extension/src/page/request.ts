/** Sends one request from the current page. */

import type { Request } from "cowbell-core";
import type { Outcome } from "../protocol";
import { readText } from "./body";

/** Sends a request and returns how it ended; never rejects. */
export async function perform(request: Request, timeoutMs: number, cancel: AbortSignal): Promise<Outcome> {
  if (!mayBeSentFromHere(request)) return { error: "network" };
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

/**
 * Credentials may be sent only from the page that they are for: a session to its own origin, a client secret from the origin that the
 * core names. In Firefox a page's service worker reads what this script sends, so a page that has one sends no client secret.
 */
function mayBeSentFromHere({ body, credentials, from, url }: Request): boolean {
  const sender = from ?? (URL.canParse(url) ? new URL(url).origin : undefined);
  const isSecret = credentials === "omit" && body !== undefined;
  return sender === location.origin && !(isSecret && navigator.serviceWorker?.controller);
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
  if (now >= cookies.until) cookies = { text: document.cookie, until: now + COOKIES_MS };
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
