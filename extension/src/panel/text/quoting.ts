/** Says in which language a product is quoted, if that is not the language of its page. */

import { isLanguage, NAMES } from "./languages";
import { chosenLanguage, unknownLanguages } from "./source";
import { listed, t } from "./words";

/** Returns what to say of products whose page is in a language that has no texts here; undefined if there are none. */
export function quotingWords(): { label: string; note: string } | undefined {
  const products = unknownLanguages();
  const language = chosenLanguage();
  if (products.length === 0 || !isLanguage(language)) return undefined;
  return {
    label: t("quoting", { products: listed(products.map((product) => t(`product_${product}`))) }),
    note: t("quoting_note", { language: NAMES[language] }),
  };
}
