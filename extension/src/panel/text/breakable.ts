/** Lets a URL break after its slashes, and a permission after its dot, rather than anywhere. */

import { html, type TemplateResult } from "lit";

export function breakable(text: string): TemplateResult {
  return html`${text.split(/(?<=[^/:]\/|[?&]|_\w*\.)/).map((part) => html`${part}<wbr />`)}`;
}
