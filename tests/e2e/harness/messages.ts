/** The panel's texts in the language of the journey, so that no journey repeats them. */

import { type Language, TEXTS } from "../../../extension/src/panel/text/languages.ts";
import { pseudo } from "../../pseudo.ts";

/** A language of the panel, or the one that nobody speaks (tests/pseudo.ts). */
export type Spoken = Language | "pseudo";

let panel: Spoken = "en";
let products: Language = "en";

/** Sets the languages of the panel and of the two products, from which it quotes. */
export function speak(spoken: Spoken, ofProducts: Language): void {
  panel = spoken;
  products = ofProducts;
}

/** Returns the text of a key as the panel shows it; `values` replace `{name}`. */
export function text(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const isLabel = FIELD.test(key);
  return entry(key, isLabel ? quoted() : panel).replace(/\{(\w+)\}/g, (hole, name: string) =>
    shown(values[name] ?? (name.startsWith("ui_") ? entry(name, key.startsWith("message_") ? panel : quoted()) : hole)),
  );
}

/** Returns the text of a key for a count. */
export function counted(key: string, count: number): string {
  return text(`${key}_${new Intl.PluralRules(tag()).select(count)}`, { count });
}

/** Returns the sentence of a finding. */
export function finding(code: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text(`finding_${code}`, values);
}

/** The language of the document, by its code. */
export function tag(): Language {
  return panel === "pseudo" ? "en" : panel;
}

/** The language in which both products speak, by its code. */
export function tagOfProducts(): Language {
  return products;
}

/** Labels of a product's fields: `form_` of mailcow's form, `field_` of authentik's objects. */
const FIELD =
  /^(?:field_\w+|form_(?:authsource|\w+_url|redirect_url_extra|client_\w+|default_template|mappers|templates|ignore_ssl_error|login_provisioning))$/;

/** The language in which products are quoted. */
function quoted(): Spoken {
  return panel === "pseudo" && products === "en" ? panel : products;
}

const shown = (value: string | number): string =>
  typeof value === "number" ? new Intl.NumberFormat(tag()).format(value) : value;

function entry(key: string, spoken: Spoken): string {
  const texts: Readonly<Record<string, { message: string }>> = TEXTS[spoken === "pseudo" ? "en" : spoken];
  const found = texts[key]?.message;
  if (found === undefined) throw new Error(`_locales has no ${key}`);
  return spoken === "pseudo" ? pseudo(found) : found;
}
