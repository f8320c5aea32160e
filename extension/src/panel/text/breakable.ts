/** Allows a URL to break only after its slashes, a permission after its dot, and an e-mail address before its @. */

import { html, type TemplateResult } from "lit";

export function breakable(text: string): TemplateResult {
  return html`${text.split(/(?<=[^/:]\/|[?&]|_\w*\.)|(?=@)/).map((part) => html`${part}<wbr />`)}`;
}
