/**
 * The languages of the panel. Their texts are part of the bundle, because the browser's own way knows no other language than its own.
 * docs/TRANSLATING.md says how to add one.
 */

import { de } from "./languages/de";
import { type AllTexts, en } from "./languages/en";

/** The texts of each language. */
export const TEXTS = { en, de } as const satisfies Record<string, AllTexts>;

export type Language = keyof typeof TEXTS;

/** Each language in its own name. */
export const NAMES = { en: "English", de: "Deutsch" } as const satisfies Record<Language, string>;

export const LANGUAGES = Object.keys(TEXTS) as Language[];

/** Returns whether there are texts in a language. */
export function isLanguage(name: unknown): name is Language {
  return typeof name === "string" && Object.hasOwn(TEXTS, name);
}
