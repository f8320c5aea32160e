/** Which languages the administrator has chosen: that of the panel, and that of the messages for people. */

import { browserLanguage, keep, recall } from "../ext";
import { isLanguage, LANGUAGES, type Language, TEXTS } from "./text/languages";
import { choose, chosenLanguage, languageFor, provide } from "./text/source";

/** Name of what is stored, with the other settings until the browser closes. */
const STORED = "language";

/** What somebody chose; otherwise the panel's language is the browser's, and that of the messages is the panel's. */
interface Chosen {
  panel?: Language;
  messages?: Language;
}

let chosen: Chosen = {};

/** Provides the texts, in the language of the browser until another one is chosen. */
export function startTexts(): void {
  provide(TEXTS);
  show();
}

/** Shows the language that was chosen in this session of the browser, if one was. */
export async function recallLanguage(): Promise<void> {
  const stored = (await recall())[STORED];
  const { panel, messages }: Partial<Record<keyof Chosen, unknown>> =
    typeof stored === "object" && stored !== null ? stored : {};
  chosen = { ...(isLanguage(panel) ? { panel } : {}), ...(isLanguage(messages) ? { messages } : {}) };
  show();
}

/** Shows the panel in another language from now on. */
export function chooseLanguage(panel: Language): void {
  chosen = { ...chosen, panel };
  show();
  void keep({ [STORED]: chosen });
}

/** Returns the language of the messages for people. */
export function languageOfMessages(): string {
  return chosen.messages ?? chosenLanguage();
}

/** Writes the messages for people in another language from now on. */
export function chooseLanguageOfMessages(messages: Language): void {
  chosen = { ...chosen, messages };
  void keep({ [STORED]: chosen });
}

function show(): void {
  const reader = browserLanguage();
  choose(chosen.panel ?? languageFor(reader) ?? LANGUAGES[0] ?? "", reader);
  document.documentElement.lang = chosenLanguage();
}
