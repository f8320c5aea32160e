/** Stands in for the browser, so that the gallery is an ordinary page. Imported before everything else. */

import core from "../../_locales/en/core.json";
import findings from "../../_locales/en/findings.json";
import extension from "../../_locales/en/extension.json";
import panel from "../../_locales/en/panel.json";

const texts: Readonly<Record<string, { message: string }>> = { ...core, ...extension, ...findings, ...panel, "@@ui_locale": { message: "en" } };

const getMessage = (key: string): string => texts[key]?.message ?? "";

Object.assign(globalThis, {
  chrome: { i18n: { getMessage }, storage: { session: { set: () => Promise.resolve() } } },
});
