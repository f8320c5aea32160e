/** The page: its words, and what is loaded once somebody wants it. */

import "./site.css";
import { choose } from "../../extension/src/panel/text/source";
import { type SiteKey, w } from "./texts";

/** Each language of the page in its own name. */
const NAMES = { en: "English", de: "Deutsch" } as const;

type Language = keyof typeof NAMES;

/** What the panel beside mailcow's form looks like in each language. */
const PICTURES: Readonly<Record<Language, string>> = { en: "form.png", de: "form.de.png" };

const begin = part<HTMLButtonElement>("begin");
const addresses = part<HTMLFormElement>("addresses");

/** The language that is shown. */
let shown = "";

const own = navigator.languages.map((tag) => tag.split("-", 1)[0] ?? "").find(isLanguage) ?? "en";
speak(own);
// It stays when the language is changed: the page asks for nothing after loading.
part<HTMLImageElement>("picture").src = PICTURES[own];
// The panel has a choice of its own, and both mean the same page.
new MutationObserver(() => document.documentElement.lang === shown || showWords()).observe(document.documentElement, {
  attributeFilter: ["lang"],
});

begin.addEventListener("click", () => void tryIt());
addresses.addEventListener("submit", (event) => event.preventDefault());
addresses.addEventListener("input", () => void showValues(), { once: true });
// Appears in the browser's performance tools; `cargo xtask bench www` reads it.
performance.mark("page-ready");

/** Shows everything to try; once it is there, goes to it. */
async function tryIt(): Promise<void> {
  const section = part("try");
  const isFirst = section.hidden;
  section.hidden = false;
  section.scrollIntoView({ block: "start" });
  if (!isFirst) return;
  const stage = part("stage");
  stage.textContent = w("try_loading");
  try {
    const { begin: start } = await import("./try/main");
    stage.textContent = "";
    await start(stage);
    section.scrollIntoView({ block: "start" });
    performance.mark("try-ready");
  } catch (error) {
    stage.textContent = `${w("broken")} ${String(error)}`;
  }
}

async function showValues(): Promise<void> {
  try {
    const { show } = await import("./values-part");
    await show({
      values: part("values-here"),
      check: part("check-here"),
      fields: { authentik: part("authentik"), mailcow: part("mailcow") },
      said: { authentik: part("authentik-said"), mailcow: part("mailcow-said") },
    });
    part("check").hidden = false;
  } catch (error) {
    part("values-here").textContent = `${w("broken")} ${String(error)}`;
  }
}

function part<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found as E;
}

function isLanguage(name: string): name is Language {
  return Object.hasOwn(NAMES, name);
}

/** Shows the page in a language. */
function speak(language: Language): void {
  choose(language, navigator.language);
  document.documentElement.lang = language;
  showWords();
}

function showWords(): void {
  shown = document.documentElement.lang;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]"))
    element.textContent = w(element.dataset["text"] as SiteKey);
  for (const picture of document.querySelectorAll<HTMLImageElement>("[data-alt]"))
    picture.alt = w(picture.dataset["alt"] as SiteKey);
  const menu = document.createElement("select");
  menu.setAttribute("aria-label", w("language"));
  for (const [language, name] of Object.entries(NAMES)) {
    const option = new Option(name, language);
    option.lang = language;
    option.selected = language === shown;
    menu.append(option);
  }
  menu.addEventListener("change", () => {
    if (isLanguage(menu.value)) speak(menu.value);
  });
  part("language").replaceChildren(menu);
}
