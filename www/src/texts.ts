/** The page's own texts. Those that it shares with the panel come from `_locales`. */

import { fill, type Values } from "../../extension/src/panel/text/words";
import texts from "./texts.json";

export type SiteKey = keyof typeof texts;

/** Returns the text of a key, with each `{name}` replaced by the value of that name. */
export function w(key: SiteKey, values: Values = {}): string {
  return fill(texts[key], values);
}

/** Returns a text that may not exist; empty if there is none. */
export function maybe(key: string): string {
  return key in texts ? texts[key as SiteKey] : "";
}
