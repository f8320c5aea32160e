/** The messages for people: who gets which, what they say, and what they never say. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Block, PersonRow, SwitchCost } from "cowbell-core";
import {
  dayInWords,
  MESSAGES,
  mergeTable,
  messageBlocks,
  messageFor,
  type Occasion,
  signInPage,
} from "../../extension/src/panel/text/people-words";
import { TEXTS } from "../../extension/src/panel/text/languages";
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
    const harmless = shapes(person(cost));
    for (const text of HOSTILE.filter((text) => text !== "")) {
      const hostile = person(cost, { name: text, username: text, address: text });
      assert.deepEqual(shapes(hostile), harmless, text.slice(0, 80));
      const [, row = []] = mergeTable([hostile], OCCASION, plain);
      assert.deepEqual(row.slice(0, 3), [text, text, text]);
      assert.ok(row.at(-1)?.startsWith(`Hello ${text},\n`), text.slice(0, 80));
    }
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
