/** Texts of `_locales` that are part of a bundle, for pages outside the extension. */

import type { TextSource } from "./source";

/** A source of these texts. */
export function bundled(texts: Readonly<Record<string, { message: string }>>, language: string): TextSource {
  return { message: (key) => texts[key]?.message ?? "", language: () => language };
}
