/** The texts of the panel: looked up by key, filled with named values, pluralised by the rules of the language. */

import { html, type TemplateResult } from "lit";
import type core from "../../../_locales/en/core.json";
import type extension from "../../../_locales/en/extension.json";
import type panel from "../../../_locales/en/panel.json";
import type passwordForm from "../../../_locales/en/password-form.json";
import type people from "../../../_locales/en/people-words.json";
import type readiness from "../../../_locales/en/readiness.json";
import { language, languageOf, message } from "./source";

type Text =
  | keyof typeof core
  | keyof typeof extension
  | keyof typeof panel
  | keyof typeof passwordForm
  | keyof typeof people
  | keyof typeof readiness;

/** Key of a text. */
export type Key = Text;

/** Key of a text with one form for one (`…_one`) and one for several (`…_other`). */
export type CountKey = Text extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;

/** Values for the placeholders `{name}` of a text. */
export type Values = Readonly<Record<string, string | number>>;

/**
 * Returns the text of a key, with each `{name}` replaced by the value of that name. `of` is a language for another reader: then the
 * products are quoted in it, too.
 */
export function t(key: Key, values: Values = {}, of?: string): string {
  return fill(lookUp(key, of), values, of);
}

/** Returns the text of a key that only the core knows; empty if there is none. */
export function textOf(key: string, values: Values): string {
  return fill(message(key), values);
}

/** Returns the text for a count; `{count}` is that number. */
export function tn(key: CountKey, count: number, values: Values = {}): string {
  const form = `${key}_${plurals(language()).select(count)}`;
  return t((message(form) === "" ? `${key}_other` : form) as Key, { ...values, count });
}

/** Returns the text of a key, with templates in its placeholders. */
export function rich(key: Key, values: Readonly<Record<string, TemplateResult | string>>): TemplateResult {
  const parts = t(key).split(PLACEHOLDER);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : values[part]))}`;
}

/** Returns a text as parts: `own` of what is between its placeholders, and the parts that stand for each of these. */
export function parts<Part>(
  text: string,
  values: Readonly<Record<string, readonly Part[]>>,
  own: (text: string) => Part,
): Part[] {
  return text
    .split(PLACEHOLDER)
    .flatMap((part, index) => (index % 2 === 0 ? (part === "" ? [] : [own(part)]) : (values[part] ?? [own(part)])));
}

/** Returns a number in the format of the reader's language. */
export function number(value: number): string {
  return numbers(language()).format(value);
}

/** Returns texts as an enumeration in the reader's language. */
export function listed(texts: readonly string[]): string {
  return new Intl.ListFormat(language(), { style: "short", type: "unit" }).format(texts);
}

const PLACEHOLDER = /\{(\w+)\}/g;

const numbers = onceEach((language) => new Intl.NumberFormat(language));
const plurals = onceEach((language) => new Intl.PluralRules(language));

/** Makes something once for each language, because it may be needed in each of ten thousand rows. */
export function onceEach<Made>(make: (language: string) => Made): (language: string) => Made {
  const all = new Map<string, Made>();
  return (language) => {
    const made = all.get(language) ?? make(language);
    all.set(language, made);
    return made;
  };
}

function shown(value: string | number): string {
  return typeof value === "number" ? number(value) : value.replace(DIRECTION, "\uFFFD");
}

/** Changes the direction of what follows, so that a name could turn the sentence around that it is in. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/g;

/** Returns a text with each `{name}` replaced by the value of that name, or by the word of a product with that name. */
export function fill(text: string, values: Values, of?: string): string {
  return text.replace(PLACEHOLDER, (hole, name: string) => shown(values[name] ?? (productWord(name, of) || hole)));
}

/** Returns what stands in a product's interface, in the language of its page; empty if the name is not that of such a word. */
function productWord(name: string, of: string | undefined): string {
  if (name.startsWith("ui_authentik_")) return message(name, of ?? languageOf("authentik"));
  return name.startsWith("ui_mailcow_") ? message(name, of ?? languageOf("mailcow")) : "";
}

/** A missing text shows its key, which tells at least which one is missing. */
function lookUp(key: Key, of?: string): string {
  return message(key, of) || key;
}
