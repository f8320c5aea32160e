/** Lets a URL break after its slashes rather than anywhere. */

import { html, type TemplateResult } from "lit";

export function breakable(text: string): TemplateResult {
  return html`${text.split(/(?<=[^/:]\/|[?&])/).map((part) => html`${part}<wbr />`)}`;
}
