/** Stands in for the browser, so that the gallery is an ordinary page. Imported before everything else. */

import core from "../../_locales/en/core.json";
import findings from "../../_locales/en/findings.json";
import extension from "../../_locales/en/extension.json";
import panel from "../../_locales/en/panel.json";

interface Text {
  message: string;
  placeholders?: Readonly<Record<string, { content: string }>>;
}

const texts: Readonly<Record<string, Text>> = { ...core, ...extension, ...findings, ...panel, "@@ui_locale": { message: "en" } };

function getMessage(key: string, values: readonly string[] = []): string {
  const text = texts[key];
  const positions = text?.message.replace(/\$(\w+)\$/g, (_, name: string) => text.placeholders?.[name.toLowerCase()]?.content ?? "");
  return positions?.replace(/\$(\d)/g, (_, position: string) => values[Number(position) - 1] ?? "") ?? "";
}

Object.assign(globalThis, {
  chrome: { i18n: { getMessage }, storage: { session: { set: () => Promise.resolve() } } },
});
