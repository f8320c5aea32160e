import core from "../../../../_locales/en/core.json";
import extension from "../../../../_locales/en/extension.json";
import findings from "../../../../_locales/en/findings.json";
import panel from "../../../../_locales/en/panel.json";
import passwordForm from "../../../../_locales/en/password-form.json";
import people from "../../../../_locales/en/people-words.json";
import words from "../../../../_locales/en/product-words.json";
import readiness from "../../../../_locales/en/readiness.json";

export const en = {
  ...core,
  ...extension,
  ...findings,
  ...panel,
  ...passwordForm,
  ...people,
  ...words,
  ...readiness,
};

/** What every language must have, besides other forms of a count. */
export type AllTexts = Readonly<Record<keyof typeof en, { message: string }>>;
