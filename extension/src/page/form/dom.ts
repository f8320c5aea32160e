/** Visibility and changes of elements in a page. */

/** Returns whether an element takes up space. */
export function isVisible(element: Element | null): boolean {
  return element !== null && element.getClientRects().length > 0;
}

/** Returns whether scrolling can bring an element into view: it is not transparent, has a size, and lies within the page. */
export function isInSight(element: Element | null): boolean {
  // The older names of these options, because Chromium 120 does not know the newer ones.
  if (!element?.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
  const { width, height, left, top, right, bottom } = element.getBoundingClientRect();
  const { scrollWidth, scrollHeight } = document.documentElement;
  return (
    width > 0 &&
    height > 0 &&
    right + scrollX > 0 &&
    bottom + scrollY > 0 &&
    left + scrollX < scrollWidth &&
    top + scrollY < scrollHeight
  );
}

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
    document.addEventListener("transitionend", look, { capture: true, signal: end.signal });
    const timer = setTimeout(() => settle(test()), timeoutMs);
  });
}
