/** The page: loads the core, then shows what works without the extension. */

import "./site.css";
import init from "cowbell-core";
import { html, render } from "lit";
import { TEXTS } from "../../extension/src/panel/text/languages";
import { choose, chosenLanguage, languageFor, provide } from "../../extension/src/panel/text/source";
import "../../extension/src/panel/ui/notice";
import { renew } from "../../extension/src/panel/ui/renew";
import "../../extension/src/panel/ui/select";
import { languageMenu } from "../../extension/src/panel/view/language";
import "./checker";
import { type SiteKey, w } from "./texts";
import "./values";

provide(TEXTS);
speak(navigator.languages.map(languageFor).find((language) => language !== undefined) ?? "en");

const values = part("values");
const check = part("check");
try {
  await init();
  // Both parts refer to the same mailcow.
  const show = (mailcow: string): void => {
    render(
      html`<site-values @site-mailcow=${({ detail }: CustomEvent<string>) => show(detail)}></site-values>`,
      values,
    );
    render(html`<site-checker .mailcow=${mailcow}></site-checker>`, check);
  };
  show("");
} catch (error) {
  render(html`<cb-notice kind="problem" .label=${w("broken")}>${String(error)}</cb-notice>`, values);
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found;
}

/** Shows the page in a language. */
function speak(language: string): void {
  choose(language, navigator.language);
  document.documentElement.lang = chosenLanguage();
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]"))
    element.textContent = w(element.dataset["text"] as SiteKey);
  render(languageMenu(w("language"), language, speak), part("language"));
  renew(document.body);
}
