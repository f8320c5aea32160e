/** What works without the extension, in the place of two fields, once somebody types into one of them. */

import { html, render } from "lit";
import { TEXTS } from "../../extension/src/panel/text/languages";
import { provide } from "../../extension/src/panel/text/source";
import { renew } from "../../extension/src/panel/ui/renew";
import "./checker";
import { loadCore } from "./core";
import type { Values } from "./values";
import "./values";

/** Where it goes. */
export interface Places {
  values: HTMLElement;
  check: HTMLElement;
  /** The two fields, whose content and focus are taken over. */
  addresses: HTMLFormElement;
}

/** Shows it; resolves when it can be used. */
export async function show({ values, check, addresses }: Places): Promise<void> {
  provide(TEXTS);
  await loadCore();
  const fields = [...addresses.querySelectorAll("input")];
  const [authentik = "", mailcow = ""] = fields.map(({ value }) => value);
  const focused = fields.indexOf(document.activeElement as HTMLInputElement);
  addresses.remove();
  const typed = { authentik, mailcow };
  // Both parts refer to the same mailcow.
  const draw = (known: string): void => {
    render(
      html`<site-values .typed=${typed} @site-mailcow=${({ detail }: CustomEvent<string>) => draw(detail)}></site-values>`,
      values,
    );
    render(html`<site-checker .mailcow=${known}></site-checker>`, check);
  };
  draw("");
  new MutationObserver(() => {
    renew(values);
    renew(check);
  }).observe(document.documentElement, { attributeFilter: ["lang"] });
  await values.querySelector<Values>("site-values")?.updateComplete;
  if (focused >= 0) values.querySelectorAll<HTMLElement>("cb-field")[focused]?.focus();
}
