/** The page's own texts. Those that it shares with the panel come from `_locales`. */

import { chosenLanguage } from "../../extension/src/panel/text/source";
import { fill, type Values } from "../../extension/src/panel/text/words";
import de from "./texts.de.json";
import en from "./texts.json";

export type SiteKey = keyof typeof en;

const TEXTS: Readonly<Record<string, Readonly<Record<SiteKey, string>>>> = { en, de };

/** Returns the text of a key, with each `{name}` replaced by the value of that name. */
export function w(key: SiteKey, values: Values = {}): string {
  return fill((TEXTS[chosenLanguage()] ?? en)[key], values);
}

/** Returns a text that may not exist; empty if there is none. */
export function maybe(key: string): string {
  return key in en ? w(key as SiteKey) : "";
}
