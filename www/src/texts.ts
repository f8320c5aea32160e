/** The page's own texts. What it shares with the panel comes from `_locales`. */

import { fill, type Values } from "../../extension/src/panel/text/words";
import texts from "./texts.json";

export type SiteKey = keyof typeof texts;

/** The text of a key, with `{name}` replaced by the value of that name. */
export function w(key: SiteKey, values: Values = {}): string {
  return fill(texts[key], values);
}

/** A text that not everything has; empty where there is none. */
export function maybe(key: string): string {
  return key in texts ? texts[key as SiteKey] : "";
}
