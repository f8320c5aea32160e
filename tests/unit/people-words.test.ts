/** The messages for people: who gets which, what they say, and what they never say. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Block, PersonRow, SwitchCost } from "cowbell-core";
import {
  aboutPrograms,
  accountPage,
  dayInWords,
  MESSAGES,
  mergeTable,
  messageBlocks,
  messageFor,
  type Occasion,
  signInPage,
} from "../../extension/src/panel/text/people-words";
import { plainName, plainUsername } from "../../extension/src/panel/text/plain-name";
import { LANGUAGES, TEXTS } from "../../extension/src/panel/text/languages";
import { choose, provide } from "../../extension/src/panel/text/source";
import lists from "../hostile/texts.json" with { type: "json" };

provide(TEXTS);
choose("en");

const OCCASION: Occasion = {
  language: "en",
  day: "7 December 2026",
  mailcow: "https://mail.company",
  authentik: "https://authentik.company",
};

const COSTS: readonly SwitchCost[] = [
  "ready",
  "needs_app_password",
  "still_uses_password",
  "never_seen",
  "not_known",
  "cannot_sign_in",
  "keeps_password",
];

const HOSTILE = Object.entries(lists)
  .filter(([kind]) => kind !== "lone_surrogates")
  .flatMap(([kind, texts]) => (kind === "long" ? texts.map((text) => text.repeat(1_000)) : texts));

function person(cost: SwitchCost, more: Partial<PersonRow> = {}): PersonRow {
  const breaks: PersonRow["breaks"] =
    cost === "needs_app_password" || cost === "still_uses_password" ? ["imap", "smtp", "dav", "active_sync"] : [];
  const named = { address: "alice@mail.company", username: "alice", name: "Alice Adams" };
  return { ...named, cost, seen: [], breaks, isShared: false, inWave: true, ...more };
}

/** Returns a line for each block. The core has its own tests of how it writes them. */
function plain(blocks: readonly Block[]): string {
  return blocks.map(({ parts }) => `${parts.map(({ text }) => text).join("")}\n`).join("");
}

/** Returns the message of a row of the table. */
function body(of: PersonRow): string {
  return mergeTable([of], OCCASION, plain)[1]?.at(-1) ?? "";
}

test("who is not switched gets no message, and everybody else gets one of two", () => {
  const table = mergeTable(
    COSTS.map((cost) => person(cost, { address: cost })),
    OCCASION,
    plain,
  );
  assert.deepEqual(
    table.slice(1).map(([cost, , , needed]) => [cost, needed]),
    [
      ["ready", "no"],
      ["needs_app_password", "yes"],
      ["still_uses_password", "has one, not entered everywhere"],
      ["never_seen", "no"],
      ["not_known", "not known"],
    ],
  );
  for (const [cost = "", , , , , , , , message = ""] of table.slice(1)) {
    const steps = message.includes("Create app password");
    assert.equal(steps, messageFor(cost as SwitchCost) === "app_password", cost);
  }
});

test("a row has everything that a mail merge needs", () => {
  const [head = [], row = []] = mergeTable([person("needs_app_password")], OCCASION, plain);
  assert.equal(head.length, row.length);
  assert.deepEqual(row.slice(0, -1), [
    "alice@mail.company",
    "Alice Adams",
    "alice",
    "yes",
    "e-mail, calendar and contacts, phone (ActiveSync)",
    "https://mail.company",
    "7 December 2026",
    "Before 7 December 2026: a new password for your mail programs and phones",
  ]);
  const [hello, what, need] = row.at(-1)?.split("\n") ?? [];
  assert.equal(hello, "Hello Alice Adams,");
  assert.match(
    what ?? "",
    /your mailbox alice@mail\.company with your account alice at https:\/\/authentik\.company\./,
  );
  assert.match(need ?? "", /for: e-mail, calendar and contacts, phone \(ActiveSync\)\. From 7 December 2026, /);
});

test("several users of one mailbox have a row each", () => {
  const [, ...rows] = mergeTable([person("ready"), person("ready", { username: "bob", name: "" })], OCCASION, plain);
  assert.deepEqual(
    rows.map(([address, name, username]) => [address, name, username]),
    [
      ["alice@mail.company", "Alice Adams", "alice"],
      ["alice@mail.company", "", "bob"],
    ],
  );
  assert.match(rows[1]?.at(-1) ?? "", /^Hello,\n/);
});

test("what mailcow does not tell is a condition, never a statement", () => {
  assert.match(
    body(person("not_known")),
    /\nIf you read your e-mail in a program or on a phone, it may use the password/,
  );
  assert.match(body(person("still_uses_password")), /\nYou already have an app password, but /);
  assert.match(
    body(person("needs_app_password")),
    /\nA program or phone of yours uses the password of your mailbox for: /,
  );
  // Nothing is known of a mail program, which is not to say that there is none.
  for (const cost of ["ready", "never_seen"] as const)
    assert.match(body(person(cost)), /\nIf a mail program or a phone asks for a password after that/);
  // The message for all of them is for those of whom nothing is known, too.
  assert.match(plain(messageBlocks("app_password", OCCASION)), /\nIf you read your e-mail /);
});

test("the messages for everybody name nobody, and each fits on a page", () => {
  for (const kind of MESSAGES) {
    const blocks = messageBlocks(kind, OCCASION);
    assert.equal(blocks[0]?.kind, "title");
    const said = plain(blocks);
    assert.match(said, /\nHello,\n/);
    assert.ok(!/\{|undefined/.test(said), said);
    const steps = blocks.filter(({ kind }) => kind === "step" || kind === "item").length;
    assert.ok(steps <= 12, `${kind}: ${steps}`);
    // What the reader opens, and nothing else, is a link.
    const links = new Set(
      blocks.flatMap(({ parts }) => parts.filter(({ kind }) => kind === "link")).map(({ text }) => text),
    );
    assert.deepEqual([...links].sort(), [OCCASION.authentik, OCCASION.mailcow, `${OCCASION.mailcow}/user`].sort());
  }
});

test("people sign in at the registered address, and at no other mailcow than theirs", () => {
  const registration = {
    mailcow: "https://mail.company",
    redirectUris: ["https://mail.company", "https://webmail.company/", "https://mail.company.evil.example"],
  };
  assert.equal(signInPage("https://mail.company", registration), "https://mail.company");
  assert.equal(signInPage("https://webmail.company", registration), "https://mail.company");
  assert.equal(signInPage("https://other.company", registration), "https://other.company");
  assert.equal(signInPage("https://web", registration), "https://web");
  assert.equal(signInPage("https://mail.company", undefined), "https://mail.company");
});

test("people open authentik where it is, also below a path", () => {
  for (const [address, page] of [
    ["https://authentik.company", "https://authentik.company"],
    ["https://authentik.company/", "https://authentik.company"],
    ["https://login.company/sso", "https://login.company/sso/"],
    ["https://login.company:8443/a/sso/", "https://login.company:8443/a/sso/"],
  ] as const)
    assert.equal(accountPage(address), page);
});

/** A wave that is loaded from the table: whoever it marks as told has got the message about mail programs, in whatever language. */
test("the table says who got the message about mail programs, and that is read", () => {
  const told = aboutPrograms(LANGUAGES);
  for (const language of LANGUAGES) {
    choose(language);
    for (const cost of [...COSTS, "exceeds_template"] as const) {
      const [, row] = mergeTable([person(cost)], OCCASION, plain);
      assert.equal(
        row !== undefined && told.includes(row[3] ?? ""),
        messageFor(cost) === "app_password",
        `${language} ${cost}`,
      );
    }
  }
  choose("en");
});

test("a day is written in the language of the message, on the day that was entered", () => {
  for (const day of ["2026-12-07", "2027-01-01", "2028-02-29", "2026-03-29"]) {
    const said = dayInWords(day, "en");
    assert.match(said, /^\d{1,2} [A-Z][a-z]+ \d{4}$/);
    assert.equal(new Date(`${said} UTC`).toISOString().slice(0, 10), day);
  }
  assert.equal(dayInWords("2026-12-07", "en"), "7 December 2026");
  assert.equal(dayInWords("2026-12-07", "de"), "7. Dezember 2026");
});

test("a hostile name stays a value in its place, and changes nothing else", () => {
  for (const cost of ["ready", "needs_app_password", "not_known"] as const) {
    const shape = (blocks: readonly Block[]): string =>
      JSON.stringify(blocks.map(({ kind, parts }) => [kind, parts.map((part) => (part.kind === "value" ? 0 : part))]));
    const shapes = (of: PersonRow): string[] => {
      const seen: string[] = [];
      mergeTable([of], OCCASION, (blocks) => {
        seen.push(shape(blocks));
        return "";
      });
      return seen;
    };
    for (const text of HOSTILE.filter((text) => text !== "")) {
      const hostile = person(cost, { name: text, username: text, address: text });
      const [name, username] = [plainName(text), plainUsername(text)];
      const harmless = shapes(person(cost, { name: name && "Alice", username: username && "alice" }));
      assert.deepEqual(shapes(hostile), harmless, text.slice(0, 80));
      const [, row = []] = mergeTable([hostile], OCCASION, plain);
      assert.deepEqual(row.slice(0, 3), [text, name, username]);
      assert.ok(row.at(-1)?.startsWith(name ? `Hello ${name},\n` : "Hello,\n"), text.slice(0, 80));
    }
  }
});

/** Names that are more than one, and what is left of them in a message: nothing. */
const TEXTS_OF_THEIR_OWN = [
  "Your mailbox is full: https://evil.example/",
  "Anna https://evil.example",
  "//evil.example",
  "www.evil.example",
  "Anna www.evil.example Müller",
  "evil.example/login",
  "Anna (evil.example)",
  "Anna evil.example",
  "evil。example",
  "evil．example",
  "evil․example",
  "xn--vl-mia.example",
  "a.b.evil.example",
  "t.co/x",
  "Dr.evil.example",
  "support@evil.example",
  "Anna ＠evil",
  "mailto:x",
  "tel +49 900 1234",
  "Call 0900 1234567",
  "Anna\nYour password was stolen",
  "Anna\u2028Bob",
  "Anna\u202eanna",
  "Anna\u200bBob",
  "<b>Anna</b>",
  "[Anna](evil)",
  "Anna!",
  "Your mailbox was stolen please tell Bob your password",
  "A".repeat(51),
  "a a a a a a a",
  ".",
  "- ’",
  "",
];

test("only what is plainly a name gets into a message or its table", () => {
  const names = [
    "Alice Adams",
    "Dr. Anna-Lena O’Brien",
    "Dr.-Ing. Anna O'Brien",
    "Müller, Jörg",
    "Müller, Jörg (Vertrieb)",
    "Mu\u0308ller",
    "陳大文",
    "ジョン・スミス",
    "علی\u200cرضا محمدی",
    "J. R. R. Tolkien",
    "J.R.R. Tolkien",
    "St. John",
    "St. John-Smith, Jr.",
    "Karl-Theodor Freiherr von und zu Guttenberg",
    "Мария Иванова",
    "मीना कुमारी",
    "D’Angelo",
    "Nguyễn Thị Minh Khai",
    "X",
  ];
  for (const name of names) {
    assert.equal(plainName(name), name);
    assert.match(body(person("ready", { name })), new RegExp(`^Hello ${name.replace(/[.()]/g, "\\$&")},\n`));
  }
  assert.equal(plainName("  Anna\u00a0 Müller "), "Anna Müller");
  for (const text of TEXTS_OF_THEIR_OWN) {
    assert.equal(plainName(text), "", text);
    for (const cost of ["ready", "needs_app_password"] as const) {
      const [, row = []] = mergeTable([person(cost, { name: text })], OCCASION, plain);
      assert.equal(row[1], "", text);
      assert.match(row.at(-1) ?? "", /^Hello,\n/);
    }
  }
});

test("a user name that is text of its own is not named either", () => {
  for (const username of ["alice", "anna.schmidt", "alice@corp.local", "s-1_a+b", "jörg", "Anna Müller", "u0815"])
    assert.equal(plainUsername(username), username);
  for (const text of [
    "https://evil.example",
    "www.evil.example",
    "evil.example/login",
    "Ask Bob: 0900 1",
    "a\nb",
    "",
  ]) {
    const [, row = []] = mergeTable([person("ready", { username: text })], OCCASION, plain);
    assert.equal(row[2], "", text);
    assert.match(row.at(-1) ?? "", /\nFrom 7 December 2026, you sign in to your mailbox with your account at https:/);
  }
});

test("of ten thousand messages, only what differs is written for each", () => {
  const people = Array.from({ length: 10_000 }, (_, at) =>
    person(COSTS[at % COSTS.length] ?? "ready", { address: `user${at}@mail.company` }),
  );
  let written = 0;
  const table = mergeTable(people, OCCASION, (blocks) => {
    written += blocks.length;
    return "";
  });
  assert.ok(table.length > 7_000);
  assert.ok(written < 3 * table.length, `${written} blocks`);
});

test("the messages have a language of their own, whatever the panel's is", () => {
  const occasion = { ...OCCASION, language: "de", day: dayInWords("2026-12-07", "de") };
  const [head = [], row = []] = mergeTable([person("needs_app_password")], occasion, plain);
  assert.equal(head[0], "E-mail address");
  const subject = "Vor dem 7. Dezember 2026: neues Passwort für Ihre Mailprogramme und Smartphones";
  const programs = "E-Mail, Kalender/Kontakte und Smartphone (ActiveSync)";
  assert.deepEqual(row.slice(3, -1), ["yes", programs, "https://mail.company", occasion.day, subject]);
  const message = row.at(-1) ?? "";
  assert.match(message, /^Guten Tag Alice Adams,\nab dem 7\. Dezember 2026 öffnen Sie Ihr E-Mail-Postfach /);
  // mailcow's own words are those that a German reader sees there.
  assert.match(message, /„App-Passwörter“ und klicken Sie auf „Erstelle App-Passwort“/);
  assert.ok(!/\{|undefined/.test(message), message);
  for (const kind of MESSAGES) {
    const links = (of: Occasion): string[] =>
      messageBlocks(kind, of).flatMap(({ parts }) =>
        parts.filter(({ kind: is }) => is === "link").map(({ text }) => text),
      );
    assert.deepEqual(new Set(links(occasion)), new Set(links(OCCASION)));
  }
});
