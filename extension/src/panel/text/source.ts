/**
 * Where texts come from: the texts of all languages, the language that the reader has chosen, and those in which the two products speak.
 * Provided once, before anything is shown.
 */

import type { Product } from "cowbell-core";

/** The texts of one language, by their keys. */
export type Texts = Readonly<Record<string, { message: string }>>;

let languages: Readonly<Record<string, Texts>> = {};
let chosen = "";
let region = "";
const products = new Map<Product, string>();
/** The products whose page is in a language that has no texts here. */
const unknown = new Set<Product>();

/** Sets the texts of each language. */
export function provide(texts: Readonly<Record<string, Texts>>): void {
  languages = texts;
}

/** Chooses the language that is shown. Numbers and dates follow the reader's region if it speaks this language. */
export function choose(language: string, reader = ""): void {
  chosen = language;
  region = baseOf(reader) === language ? reader : language;
}

/** Notes in which language a product's page is, as its document says; nothing if it does not say. */
export function noteLanguageOf(product: Product, tag: string | undefined): void {
  products.delete(product);
  unknown.delete(product);
  if (!tag) return;
  const known = languageFor(tag);
  if (known === undefined) unknown.add(product);
  else products.set(product, known);
}

/** Returns the products that are quoted in another language than that of their page, because it has no texts here. */
export function unknownLanguages(): Product[] {
  return [...unknown];
}

/** Returns the language whose texts serve a reader of this one. */
export function languageFor(tag: string): string | undefined {
  return [tag, baseOf(tag)].find((name) => Object.hasOwn(languages, name));
}

/** Returns the language in which a product is quoted: that of its page, or the chosen one if that has no texts here. */
export function languageOf(product: Product): string {
  return products.get(product) ?? chosen;
}

/** Returns the text of a key with its placeholders unfilled, in the chosen language or another; empty if there is none. */
export function message(key: string, language = chosen): string {
  return languages[language]?.[key]?.message ?? "";
}

/** The language that was chosen. */
export function chosenLanguage(): string {
  return chosen;
}

/** Language and region, for numbers, dates, lists and plurals. */
export function language(): string {
  return region;
}

function baseOf(tag: string): string {
  return tag.split(/[-_]/, 1)[0]?.toLowerCase() ?? "";
}
