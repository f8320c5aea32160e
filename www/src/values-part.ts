/** What works without the extension, below two fields, once somebody types into one of them. */

import type { Product } from "cowbell-core";
import { html, render } from "lit";
import { TEXTS } from "../../extension/src/panel/text/languages";
import { provide } from "../../extension/src/panel/text/source";
import { renew } from "../../extension/src/panel/ui/renew";
import "../../extension/src/panel/ui/sign";
import "./checker";
import { loadCore } from "./core";
import { w } from "./texts";
import type { Said } from "./values";
import "./values";

/** Where it goes, and what belongs to it. */
export interface Places {
  values: HTMLElement;
  check: HTMLElement;
  fields: Record<Product, HTMLInputElement>;
  /** What is below the fields. */
  said: Record<Product, HTMLElement>;
}

/** Shows it; resolves when it can be used. */
export async function show({ values, check, fields, said }: Places): Promise<void> {
  provide(TEXTS);
  await loadCore();
  for (const place of Object.values(said)) place.replaceChildren();
  const say = (product: Product, { error, notes }: Said): void => {
    fields[product].ariaInvalid = error ? "true" : "false";
    const hint = notes.length === 0 ? html`<div class="said">${w(`${product}_hint`)}</div>` : "";
    render(
      error
        ? html`<div class="said problem"><cb-sign kind="problem"></cb-sign><span>${error}</span></div>`
        : html`${notes.map((note) => html`<div class="said"><cb-sign kind="good"></cb-sign><span>${note}</span></div>`)}${hint}`,
      said[product],
    );
  };
  // Both parts refer to the same mailcow.
  let known = "";
  const draw = (): void => {
    const { authentik, mailcow } = fields;
    const note = ({ detail }: CustomEvent<string>): void => {
      known = detail;
      queueMicrotask(draw);
    };
    render(
      html`<site-values .authentik=${authentik.value} .mailcow=${mailcow.value} .say=${say} @site-mailcow=${note}></site-values>`,
      values,
    );
    render(html`<site-checker .mailcow=${known}></site-checker>`, check);
  };
  draw();
  for (const field of Object.values(fields)) field.addEventListener("input", draw);
  new MutationObserver(() => {
    renew(values);
    renew(check);
  }).observe(document.documentElement, { attributeFilter: ["lang"] });
}
