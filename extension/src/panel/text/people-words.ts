/** The messages that tell people how they sign in from the day of the switch on. They contain no secret. The core writes them. */

import type { Block, PersonRow, Protocol, RegistrationView, SwitchCost } from "cowbell-core";
import { block, filled, link, text } from "./document";
import { plainName, plainUsername } from "./plain-name";
import { type Key, onceEach, t } from "./words";

/** Which of the two messages. */
export type MessageKind = "sign_in" | "app_password";

export const MESSAGES = ["sign_in", "app_password"] as const satisfies readonly MessageKind[];

/**
 * Who gets which message, and whether they need an app password. A mailbox that keeps its password, or whose user could not sign in,
 * is not switched.
 */
const MESSAGE: Record<SwitchCost, { kind: MessageKind; need: Key } | undefined> = {
  ready: { kind: "sign_in", need: "words_needs_none" },
  needs_app_password: { kind: "app_password", need: "words_needs_one" },
  still_uses_password: { kind: "app_password", need: "words_needs_entering" },
  exceeds_template: { kind: "app_password", need: "words_needs_unknown" },
  never_seen: { kind: "sign_in", need: "words_needs_none" },
  not_known: { kind: "app_password", need: "words_needs_unknown" },
  cannot_sign_in: undefined,
  keeps_password: undefined,
};

/** What a protocol is for, in plain words. */
const PROGRAM = {
  imap: "mail",
  pop3: "mail",
  smtp: "mail",
  sieve: "filters",
  dav: "calendar",
  active_sync: "phone",
} as const satisfies Record<Protocol, string>;

/** What all messages say. */
export interface Occasion {
  /** Language of the messages, which may be another one than the panel's. */
  language: string;
  /** The day of the switch, in words. */
  day: string;
  /** Origin of the mailcow, as it is registered. */
  mailcow: string;
  /** Where people open authentik. */
  authentik: string;
}

/**
 * Returns where people sign in: the registered address of the mailcow, if the one that is connected is registered, too; it may be
 * connected under an additional host name. A mailcow that is not registered has only its own address.
 */
export function signInPage(
  connected: string,
  registration: Pick<RegistrationView, "mailcow" | "redirectUris"> | undefined,
): string {
  const isIts = (uri: string): boolean => uri === connected || uri.startsWith(`${connected}/`);
  return registration?.redirectUris.some(isIts) ? registration.mailcow : connected;
}

/** Returns what the table says, in each language, of those who get the message about mail programs. */
export function aboutPrograms(languages: readonly string[]): string[] {
  const told = Object.values(MESSAGE).filter((message) => message?.kind === "app_password");
  return languages.flatMap((language) => told.map((message) => (message ? t(message.need, {}, language) : "")));
}

/**
 * Returns where people open authentik, given its address: without a slash at its end there is nothing below a path
 * (docs/contract/authentik.md, section 1).
 */
export function accountPage(address: string): string {
  const { origin, pathname } = new URL(address);
  return pathname === "/" ? origin : `${origin}${pathname.replace(/\/*$/, "/")}`;
}

/** Returns the message for the owner of a mailbox with this cost; nothing if they get none. */
export function messageFor(cost: SwitchCost): MessageKind | undefined {
  return MESSAGE[cost]?.kind;
}

/** Returns the message for anybody: the subject as its title, then the text. */
export function messageBlocks(kind: MessageKind, occasion: Occasion): Block[] {
  return [
    block("title", filled(t(`message_subject_${kind}`, {}, occasion.language), { day: text(occasion.day) })),
    ...opening(kind, occasion),
    ...rest(kind, occasion),
  ];
}

/**
 * Returns a table for a mail merge, with a heading: a row for each person who gets a message. `write` makes plain text of blocks.
 */
export function mergeTable(
  people: readonly PersonRow[],
  occasion: Occasion,
  write: (blocks: readonly Block[]) => string,
): string[][] {
  const subject = (kind: MessageKind): string => t(`message_subject_${kind}`, { day: occasion.day }, occasion.language);
  const head = [
    t("readiness_email"),
    t("readiness_name"),
    t("readiness_username"),
    t("words_column_app_password"),
    t("words_column_programs"),
    t("words_column_page"),
    t("words_column_day"),
    t("words_column_subject"),
    t("words_column_message"),
  ];
  // Written once: it is the same for all, and there may be ten thousand.
  const ends = new Map(MESSAGES.map((kind) => [kind, write(rest(kind, occasion))]));
  const rows = people.map(plain).flatMap((person) => {
    const { address, name, username, cost } = person;
    const message = MESSAGE[cost];
    if (message === undefined) return [];
    const { kind, need } = message;
    const begin = write(opening(kind, occasion, person));
    return [
      [
        address,
        name,
        username,
        t(need),
        programs(person, occasion),
        occasion.mailcow,
        occasion.day,
        subject(kind),
        `${begin}\n${ends.get(kind) ?? ""}`,
      ],
    ];
  });
  return [head, ...rows];
}

/** Returns a person with the names that may stand in a message. */
function plain(person: PersonRow): PersonRow {
  return { ...person, name: plainName(person.name), username: plainUsername(person.username) };
}

/** Returns what is different for each person: whom it greets, what changes, and what that means for their programs. */
function opening(kind: MessageKind, occasion: Occasion, person?: PersonRow): Block[] {
  const day = text(occasion.day);
  const authentik = link(occasion.authentik);
  const paragraph = (key: Key, values: Parameters<typeof filled>[1] = {}): Block =>
    block("paragraph", filled(t(key, {}, occasion.language), values));
  return [
    person?.name ? paragraph("message_hello_name", { name: person.name }) : paragraph("message_hello"),
    person?.username
      ? paragraph("message_what_of", { day, address: person.address, username: person.username, authentik })
      : paragraph("message_what", { day, authentik }),
    ...(kind === "sign_in"
      ? []
      : [paragraph(needOf(person), { day, programs: person ? programs(person, occasion) : "" })]),
  ];
}

/** Returns the sentence about programs. Where mailcow does not tell, it is a condition. */
function needOf(person: PersonRow | undefined): Key {
  if (person === undefined || person.breaks.length === 0) return "message_app_if";
  return person.cost === "still_uses_password" ? "message_app_still" : "message_app_needs";
}

/** Returns what is the same for everybody. */
function rest(kind: MessageKind, occasion: Occasion): Block[] {
  const mailcow = link(occasion.mailcow);
  const page = link(`${occasion.mailcow}/user`);
  const authentik = link(occasion.authentik);
  const say = (of: Block["kind"], key: Key, values: Parameters<typeof filled>[1] = {}): Block =>
    block(of, filled(t(key, {}, occasion.language), values));
  const how = [
    say("heading", "message_how"),
    say("step", "message_how_open", { mailcow }),
    say("step", "message_how_account", { authentik }),
    say("paragraph", "message_stays"),
  ];
  if (kind === "sign_in") return [...how, say("paragraph", "message_if_asked", { mailcow, page })];
  return [
    say("heading", "message_app", { day: text(occasion.day) }),
    say("step", "message_app_open", { day: text(occasion.day), mailcow, page }),
    say("step", "message_app_tab"),
    say("step", "message_app_make"),
    say("step", "message_app_add"),
    say("heading", "message_where"),
    say("paragraph", "message_where_when", { day: text(occasion.day) }),
    say("item", "message_where_thunderbird"),
    say("item", "message_where_outlook", { day: text(occasion.day) }),
    say("item", "message_where_ios"),
    say("item", "message_where_android"),
    say("item", "message_where_active_sync"),
    say("item", "message_where_other"),
    ...how,
  ];
}

/** Returns what the programs that would be refused are for. */
function programs({ breaks }: PersonRow, { language }: Occasion): string {
  const names = new Set(breaks.map((protocol) => t(`message_program_${PROGRAM[protocol]}`, {}, language)));
  return lists(t("message_language", {}, language)).format(names);
}

const lists = onceEach((language) => new Intl.ListFormat(language, { style: "short", type: "unit" }));

/** Returns a day such as `2026-12-07` in words, in the language of a message. */
export function dayInWords(day: string, language: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const format = t("message_language", {}, language);
  return new Intl.DateTimeFormat(format, { dateStyle: "long" }).format(new Date(year, month - 1, date));
}
