/** Waits for what a page shows. */

import { listen } from "../own";

/**
 * Resolves to `true` once `test` holds, which is checked whenever the document or a transition in it changes; to `false` after
 * the time limit.
 */
export function until(test: () => boolean, timeoutMs: number): Promise<boolean> {
  if (test()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = new AbortController();
    const settle = (met: boolean): void => {
      observer.disconnect();
      clearTimeout(timer);
      end.abort();
      resolve(met);
    };
    const look = (): void => {
      if (test()) settle(true);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    listen("transitionend", look, end.signal);
    const timer = setTimeout(() => settle(test()), timeoutMs);
  });
}
