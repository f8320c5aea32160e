/** The texts of all languages: complete, used, and worded as docs/STYLE.md and docs/TRANSLATING.md say. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { LANGUAGES, type Language, NAMES, TEXTS } from "../../extension/src/panel/text/languages";
import { choose, language, languageFor, noteLanguageOf, provide } from "../../extension/src/panel/text/source";
import { formFieldText } from "../../extension/src/panel/text/core";
import { quotingWords } from "../../extension/src/panel/text/quoting";
import { listed, number, t, tn } from "../../extension/src/panel/text/words";
import siteGerman from "../../www/src/texts.de.json" with { type: "json" };
import siteEnglish from "../../www/src/texts.json" with { type: "json" };
import { pseudo } from "../pseudo";

type Texts = Readonly<Record<string, string>>;

const PANEL = Object.fromEntries(
  LANGUAGES.map((name) => [
    name,
    Object.fromEntries(Object.entries(TEXTS[name]).map(([key, text]) => [key, text.message])),
  ]),
) as Record<Language, Texts>;

/** The texts of the page without the extension. */
const SITE: Record<Language, Texts> = { en: siteEnglish, de: siteGerman };

/** All texts of a language. */
function textsOf(name: Language): [key: string, text: string][] {
  return [...Object.entries(PANEL[name]), ...Object.entries(SITE[name])];
}

const others = LANGUAGES.filter((name) => name !== "en");
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

/** The forms that a language has for a count. */
const formsOf = (name: Language): string[] => new Intl.PluralRules(name).resolvedOptions().pluralCategories;

/** Returns the stem of a key that has a form for each count. */
function stemOf(key: string): string | undefined {
  const stem = /^(.+)_(?:zero|one|two|few|many|other)$/.exec(key)?.[1];
  return stem !== undefined && `${stem}_one` in PANEL.en && `${stem}_other` in PANEL.en ? stem : undefined;
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

test("each folder of texts is a language of the panel, each file is in each folder, and each file is used", () => {
  const folders = readdirSync("extension/_locales");
  assert.deepEqual(folders.sort(), [...LANGUAGES].sort());
  for (const name of LANGUAGES) {
    const files = readdirSync(join("extension/_locales", name)).sort();
    assert.deepEqual(files, readdirSync("extension/_locales/en").sort(), name);
    const keys = files.flatMap((file) =>
      Object.keys(JSON.parse(readFileSync(join("extension/_locales", name, file), "utf8")) as object),
    );
    assert.deepEqual(keys.sort(), Object.keys(TEXTS[name]).sort(), name);
  }
});

test("every language has the same texts with the same placeholders, in the forms that its counts need", () => {
  for (const name of others) {
    for (const [key, text] of Object.entries(PANEL.en)) {
      const stem = stemOf(key);
      const forms =
        stem === undefined || key.endsWith("_none") ? [key] : formsOf(name).map((form) => `${stem}_${form}`);
      for (const form of forms) {
        const own = PANEL[name][form];
        assert.ok(own !== undefined, `${name} has no ${form}`);
        // The form for one may do without the number.
        const but = (hole: string): boolean => hole !== "{count}" || form.endsWith("_other");
        const needed = placeholders(stem === undefined ? text : (PANEL.en[`${stem}_other`] ?? ""));
        assert.deepEqual(placeholders(own).filter(but), needed.filter(but), `${name}: ${form}`);
      }
    }
    for (const key of Object.keys(PANEL[name])) {
      const stem = stemOf(key);
      const isKnown = key in PANEL.en || (stem !== undefined && formsOf(name).includes(key.slice(stem.length + 1)));
      assert.ok(isKnown, `${name} has ${key}, which nothing shows`);
    }
    assert.deepEqual(Object.keys(SITE[name]), Object.keys(SITE.en), name);
    for (const [key, text] of Object.entries(SITE.en))
      assert.deepEqual(placeholders(SITE[name][key] ?? ""), placeholders(text), `${name}: ${key}`);
  }
});

test("no text is empty, or has a space at its ends or two in a row", () => {
  for (const name of LANGUAGES)
    for (const [key, text] of textsOf(name)) assert.match(text, /^\S+([ \u00a0]\S+)*$/u, `${name}: ${key}: “${text}”`);
});

test("no text is nowhere used", () => {
  const code = ["extension/src", "www/src"]
    .flatMap((folder) => filesIn(folder, ".ts"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const manifests = filesIn("extension", ".json").filter((file) => file.includes("manifest."));
  const written = new Set(
    [code, ...manifests.map((file) => readFileSync(file, "utf8"))].flatMap((text) => [
      ...[...text.matchAll(/"(\w+)"/g)].map(([, name]) => name),
      ...[...text.matchAll(/__MSG_(\w+)__/g)].map(([, name]) => name),
    ]),
  );
  // `kind_${kind}` is a key whatever stands for its end; a key that begins with a placeholder must end as it does.
  const made = [...code.matchAll(/`([\w]*(?:\$\{[^{}`]*\}\w*)+)`/g)].map(([, template = ""]) => {
    const parts = template.split(/\$\{[^{}]*\}/);
    return new RegExp(`^${parts.join("\\w+")}$`);
  });
  const isUsed = (key: string): boolean => written.has(key) || made.some((template) => template.test(key));
  const quoted = textsOf("en").map(([, text]) => text);
  for (const key of Object.keys(PANEL.en)) {
    // tests/finding_texts.rs has the list of findings.
    if (key.startsWith("finding_")) continue;
    const isQuoted = key.startsWith("ui_") && quoted.some((text) => text.includes(`{${key}}`));
    assert.ok(isQuoted || isUsed(key) || isUsed(stemOf(key) ?? key), `${key} is nowhere used`);
  }
  const page = readFileSync("www/index.html", "utf8");
  for (const key of Object.keys(SITE.en))
    assert.ok(isUsed(key) || page.includes(`data-text="${key}"`), `${key} is nowhere used`);
});

test("the page says in English what its texts say, before any script has run", () => {
  const page = readFileSync("www/index.html", "utf8").replace(/\s+/g, " ");
  for (const [, key = "", said = ""] of page.matchAll(/data-text="(\w+)">\s*([^<]*?)\s*</g))
    assert.equal(said, SITE.en[key], key);
});

/** Rows of a table of docs/contract/ui-words.md: the English word and that of the second language. */
function wordsOf(product: "authentik" | "mailcow"): Map<string, Set<string>> {
  const page = readFileSync("docs/contract/ui-words.md", "utf8");
  const section = page.split(`\n## ${product}\n`)[1]?.split("\n## ")[0] ?? "";
  const words = new Map<string, Set<string>>();
  for (const row of section.split("\n").filter((line) => line.startsWith("| "))) {
    const [english = "", german = ""] = row.split("|").slice(-3, -1);
    const known = words.get(english.trim()) ?? new Set();
    words.set(english.trim(), known.add(german.trim() === "–" ? english.trim() : german.trim()));
  }
  return words;
}

test("what a text quotes from a product is what stands there, by docs/contract/ui-words.md", () => {
  for (const product of ["authentik", "mailcow"] as const) {
    const words = wordsOf(product);
    const keys = Object.keys(PANEL.en).filter((key) => key.startsWith(`ui_${product}_`));
    assert.ok(keys.length > 10);
    for (const key of keys)
      assert.ok(
        words.get(PANEL.en[key] ?? "")?.has(PANEL.de[key] ?? ""),
        `${key}: ${PANEL.en[key]} | ${PANEL.de[key]}`,
      );
  }
  // Labels of fields, as far as the page has them.
  for (const [begin, product, atLeast] of [
    ["form_", "mailcow", 10],
    ["field_", "authentik", 10],
  ] as const) {
    const words = wordsOf(product);
    const labels = Object.entries(PANEL.en).filter(([key, label]) => key.startsWith(begin) && words.has(label));
    assert.ok(labels.length >= atLeast, `${begin}: ${labels.length}`);
    for (const [key, label] of labels)
      assert.ok(words.get(label)?.has(PANEL.de[key] ?? ""), `${key}: ${PANEL.de[key]}`);
  }
});

/** What is quoted that neither Cowbell nor a product's interface has: values, and what somebody else's program shows. */
const VALUES = [
  "openid",
  "email",
  "profile",
  "offline_access",
  "authorization_code",
  "all",
  "any",
  "mailcow",
  "Strict",
];
const ELSEWHERE: Record<Language, string[]> = {
  en: ["Phone", "Normal password", "Incoming settings", "Outgoing settings"],
  de: ["Smartphone", "Passwort, normal"],
};
const QUOTES: Record<Language, RegExp> = { en: /“([^”]*)”/g, de: /„([^“]*)“/g };

test("whatever else is quoted is a text of Cowbell's own or a value", () => {
  for (const name of LANGUAGES) {
    const own = new Set(textsOf(name).map(([, text]) => text));
    for (const [key, text] of textsOf(name))
      for (const [, quoted = ""] of text.matchAll(QUOTES[name])) {
        const isKnown =
          /^\{\w+\}$/.test(quoted) || own.has(quoted) || VALUES.includes(quoted) || ELSEWHERE[name].includes(quoted);
        assert.ok(isKnown, `${name}: ${key} quotes “${quoted}”`);
      }
  }
});

test("German has German quotation marks, in pairs, says Sie, and never please", () => {
  for (const [key, text] of textsOf("de")) {
    assert.ok(!/["”]/.test(text), `${key}: ${text}`);
    assert.equal(text.split("„").length, text.split("“").length, `${key}: ${text}`);
    assert.ok(!/\b(?:du|dich|dir|deine?[rmns]?|bitte|leider|einfach)\b/i.test(text), `${key}: ${text}`);
    // Three full stops, or an ellipsis without its space.
    assert.ok(!/\.\.\.|[^\u00a0]…/.test(text), `${key}: ${text}`);
  }
});

/** What docs/TRANSLATING.md has another word for. */
const NOT_IN_GERMAN =
  /\b(?:Integration|Bindung(?:en)?|Administrationsbereich|Anmeldeseite|Server von mailcow|einloggen|berichtig\w+|Besitzer|simuliert\w*|Panel)\b/;

test("one thing has one name in German", () => {
  for (const [key, text] of textsOf("de")) assert.doesNotMatch(text, NOT_IN_GERMAN, key);
});

test("each remedy says what to do", () => {
  /** Where a sentence or its main clause begins. */
  const BEGIN = "(?:^|[.:,] |\\b(?:and|or|then|und|oder|dann) )";
  const VERBS =
    "Accept|Activate|Add|Allow|Apply|Ask|Change|Check|Choose|Click|Close|Compare|Complete|Confirm|Continue|Copy|Correct|Deactivate|" +
    "Disable|Enter|Fill|Find|Fix|Give|Go|Let|Look|Make|Open|Raise|Read|Register|Reload|Remove|Review|Save|Search|Select|Separate|Set|" +
    "Show|Sign|Start|Swap|Switch|Synchronise|Tell|Test|Try|Turn|Update|Use|Wait|Wrap";
  const IMPERATIVE: Record<Language, RegExp> = {
    en: new RegExp(`${BEGIN}(?:${VERBS})\\b`, "i"),
    de: new RegExp(`${BEGIN}\\p{L}+n Sie\\b`, "iu"),
  };
  const NOTHING: Record<Language, string> = { en: "No action is needed.", de: "Hier ist nichts zu tun." };
  for (const name of LANGUAGES) {
    const remedies = textsOf(name).filter(([key]) => key.startsWith("finding_") && key.endsWith("_remedy"));
    assert.ok(remedies.length > 150);
    for (const [key, text] of remedies)
      assert.ok(text === NOTHING[name] || IMPERATIVE[name].test(text), `${name}: ${key}: ${text}`);
  }
});

test("the description fits into the stores and the manifest", () => {
  for (const name of LANGUAGES) assert.ok((PANEL[name]["extension_description"] ?? "").length <= 132, name);
});

test("the language is the browser's if there are texts, with its region for numbers and dates", () => {
  provide(TEXTS);
  for (const [browser, shown] of [
    ["de", "de"],
    ["de-AT", "de"],
    ["de_DE", "de"],
    ["en-GB", "en"],
    ["fr", undefined],
    ["__proto__", undefined],
    ["", undefined],
  ])
    assert.equal(languageFor(browser ?? ""), shown, browser);
  choose("de", "de-CH");
  assert.equal(language(), "de-CH");
  choose("de", "en-US");
  assert.equal(language(), "de");
  assert.equal(number(12_345), "12.345");
  assert.equal(tn("mailboxes", 12_345), "12.345 Mailboxen");
  assert.equal(tn("mailboxes", 1), "1 Mailbox");
  assert.equal(listed(["IMAP", "SMTP", "DAV"]), "IMAP, SMTP und DAV");
  choose("en", "en-US");
  assert.equal(tn("mailboxes", 12_345), "12,345 mailboxes");
  assert.equal(Object.keys(NAMES).length, LANGUAGES.length);
});

test("a product is quoted in the language of its page, the rest is in the panel's", () => {
  provide(TEXTS);
  choose("de");
  noteLanguageOf("mailcow", undefined);
  assert.match(t("mailcow_not_saved"), /^Noch ist nichts gespeichert\. .*„Änderungen speichern“\.$/);
  noteLanguageOf("mailcow", "en-gb");
  assert.match(t("mailcow_not_saved"), /^Noch ist nichts gespeichert\. .*„Save changes“\.$/);
  // authentik has a language of its own.
  noteLanguageOf("authentik", "de");
  assert.match(t("export_blueprint_note"), /Anpassung > Blaupausen/);
  choose("en");
  assert.match(t("export_blueprint_note"), /Anpassung > Blaupausen/);
  assert.equal(quotingWords(), undefined);
  // A text for somebody else quotes mailcow in that person's language.
  noteLanguageOf("mailcow", "en-gb");
  assert.match(t("message_app_tab", {}, "de"), /„Erstelle App-Passwort“/);
  noteLanguageOf("authentik", undefined);
  noteLanguageOf("mailcow", undefined);
});

test("a product in a language without words here is quoted in the panel's, which the panel says", () => {
  provide(TEXTS);
  for (const [panel, name] of Object.entries(NAMES)) {
    choose(panel);
    for (const tag of ["fr-fr", "xx", "__proto__"]) {
      noteLanguageOf("mailcow", tag);
      const texts = TEXTS[panel as Language];
      assert.ok(t("mailcow_not_saved").includes(texts.ui_mailcow_save.message), tag);
      assert.equal(formFieldText("token_url"), texts.form_token_url.message);
      const said = quotingWords();
      assert.ok(said, `${panel}: ${tag}`);
      assert.match(said.label, /^(?!.*authentik).*mailcow/);
      assert.ok(said.note.includes(name), said.note);
    }
    noteLanguageOf("authentik", "fr");
    assert.match(quotingWords()?.label ?? "", /mailcow (?:and|und) authentik|mailcow, authentik/);
    // A page that does not say its language is taken for one in the panel's.
    for (const tag of ["", undefined, panel]) {
      noteLanguageOf("authentik", tag);
      noteLanguageOf("mailcow", tag);
      assert.equal(quotingWords(), undefined);
    }
  }
  noteLanguageOf("authentik", undefined);
  noteLanguageOf("mailcow", undefined);
});

test("a value that looks like a word of a product stays a value", () => {
  provide(TEXTS);
  choose("en");
  assert.match(t("setup_existing_application", { application: "{ui_mailcow_save}" }), /“\{ui_mailcow_save\}”/);
});

test("a language with more forms for a count than two gets them", () => {
  const forms = { one: "jedna", few: "kilka", many: "wiele", other: "inne" };
  const texts = Object.fromEntries(Object.entries(forms).map(([form, message]) => [`mailboxes_${form}`, { message }]));
  provide({ pl: texts });
  choose("pl");
  assert.deepEqual(
    [1, 3, 5, 1.5].map((count) => tn("mailboxes", count)),
    ["jedna", "kilka", "wiele", "inne"],
  );
  // A form that was forgotten is that of the rest.
  provide({ pl: { mailboxes_other: { message: "{count}" } } });
  assert.equal(tn("mailboxes", 3), "3");
  provide(TEXTS);
  choose("en");
});

test("the pseudo-language is a third longer, with the same placeholders", () => {
  let [before, after] = [0, 0];
  for (const [key, text] of textsOf("en")) {
    const longer = pseudo(text);
    assert.deepEqual(placeholders(longer), placeholders(text), key);
    before += text.length;
    after += longer.length;
  }
  assert.ok(after / before > 1.33, `${after / before}`);
});
