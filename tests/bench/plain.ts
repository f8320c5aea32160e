/** Requests with nothing around them, to compare with. */

/** In the page: sends the same requests, `concurrency` at a time, with this body or as GET; gives milliseconds. */
export async function plainFetches(paths: string[], concurrency: number, body?: string): Promise<number> {
  const [, csrf = ""] = /authentik_csrf=([^;]*)/.exec(document.cookie) ?? [];
  const headers = { "Content-Type": "application/json", "X-authentik-CSRF": csrf };
  const init = body === undefined ? {} : { method: "PATCH", headers, body };
  const left = paths.values();
  const begin = performance.now();
  const worker = async (): Promise<void> => {
    for (const path of left) {
      const answer = await fetch(path, init);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return performance.now() - begin;
}
