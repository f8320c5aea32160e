/** The choice of a language. */

import { html, nothing, type TemplateResult } from "lit";
import { isLanguage, LANGUAGES, type Language, NAMES } from "../text/languages";
import { quotingWords } from "../text/quoting";
import { chosenLanguage } from "../text/source";
import { t } from "../text/words";

/** Returns the menu of the panel's language. */
export function panelLanguage(choose: (language: Language) => void): TemplateResult {
  return languageMenu(t("language"), chosenLanguage(), choose, t("language_hint"));
}

/** Returns a notice if a product is quoted in another language than it is shown in. */
export function quotingNotice(): TemplateResult | typeof nothing {
  const words = quotingWords();
  return words ? html`<cb-notice .label=${words.label}>${words.note}</cb-notice>` : nothing;
}

/** Returns a menu of all languages, each in its own name. */
export function languageMenu(
  label: string,
  value: string,
  choose: (language: Language) => void,
  hint = "",
): TemplateResult {
  const options = LANGUAGES.map((language) => ({ value: language, label: NAMES[language] }));
  return html`<cb-select
    .label=${label}
    .options=${options}
    .value=${value}
    .hint=${hint}
    @cb-choose=${({ detail }: CustomEvent<string>) => isLanguage(detail) && choose(detail)}
  ></cb-select>`;
}
