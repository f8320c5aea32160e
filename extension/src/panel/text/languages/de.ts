import core from "../../../../_locales/de/core.json";
import extension from "../../../../_locales/de/extension.json";
import findings from "../../../../_locales/de/findings.json";
import panel from "../../../../_locales/de/panel.json";
import passwordForm from "../../../../_locales/de/password-form.json";
import people from "../../../../_locales/de/people-words.json";
import words from "../../../../_locales/de/product-words.json";
import readiness from "../../../../_locales/de/readiness.json";
import type { AllTexts } from "./en";

export const de: AllTexts = {
  ...core,
  ...extension,
  ...findings,
  ...panel,
  ...passwordForm,
  ...people,
  ...words,
  ...readiness,
};
