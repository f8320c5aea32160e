/** Renders everything once more, in another language. */

import { LitElement } from "lit";

/** Renders every component in `root` again: what they say themselves does not depend on their properties alone. Nothing else is lost. */
export function renew(root: Element | ShadowRoot): void {
  if (root instanceof LitElement) root.requestUpdate();
  for (const child of root.children) renew(child);
  if (root instanceof Element && root.shadowRoot) renew(root.shadowRoot);
}
