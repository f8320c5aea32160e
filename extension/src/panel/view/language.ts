/** The choice of a language. */

import { html, type TemplateResult } from "lit";
import { isLanguage, LANGUAGES, type Language, NAMES } from "../text/languages";

/** Returns a menu of all languages, each in its own name. */
export function languageMenu(label: string, value: string, choose: (language: Language) => void): TemplateResult {
  const options = LANGUAGES.map((language) => ({ value: language, label: NAMES[language] }));
  return html`<cb-select
    .label=${label}
    .options=${options}
    .value=${value}
    @cb-choose=${({ detail }: CustomEvent<string>) => isLanguage(detail) && choose(detail)}
  ></cb-select>`;
}
