/** Who has arrived: who has signed in with authentik since the mailboxes were switched. */

import {
  type ArrivalKind,
  type ArrivalRow,
  type ArrivalsShown,
  type ArrivalsView,
  type ProgramView,
  writeTable,
} from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { findingWords } from "../text/core";
import { clockText, dayText, momentText, sharedDay } from "../text/time";
import { type Key, listed, t, textOf, tn } from "../text/words";
import type { Kind } from "../ui/filter";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { findingCard, findingRow } from "./findings";
import { errorNotice, everyRow, intoView } from "./parts";
import { switchedView } from "./switched";
import { type Table, whenRead } from "./table";

const SIGN: Record<ArrivalKind, SignKind> = {
  signed_in: "good",
  authorized: "good",
  failed: "problem",
  not_yet: "keep",
  not_known: "unknown",
  goes_on: "warning",
  no_user: "warning",
  both_inactive: "keep",
};
const KINDS = Object.keys(SIGN) as ArrivalKind[];

/** Value of the filter that lists mailboxes whose mail programs have fallen silent. */
const SILENT = "silent";

/** Returns this section. */
export function arrivalsView(shell: Shell): TemplateResult {
  return html`<section><h2 class="title">${t("arrivals_title")}</h2>
    ${whenRead(shell, (table) => html`${switchedView(shell)} ${table.error ? errorNotice(table.error) : nothing}${arrived(table, shell)}`)}</section>`;
}

function arrived({ arrivals, view: { orphans } }: Table, shell: Shell): TemplateResult {
  const { send } = shell;
  const read = (label: string): TemplateResult =>
    html`<cb-button kind="small" .label=${label} @click=${() => send({ kind: "read_arrivals" })}></cb-button>`;
  switch (arrivals.kind) {
    case "none":
      return html`<p class="lead">${t("arrivals_lead")}</p>
        ${orphans ? html`<cb-notice kind="warning" .label=${tn("orphans", orphans)}>${t("orphans_note")}</cb-notice>` : nothing}
        <div class="buttons">${read(t("arrivals_read"))}</div>`;
    case "reading":
      return html`<cb-progress .label=${t("arrivals_reading")} .done=${arrivals.done} .total=${arrivals.total}></cb-progress>
        <div class="buttons"><cb-button kind="small" .label=${t("cancel")} ?disabled=${arrivals.cancelling} @click=${() => send({ kind: "cancel" })}></cb-button></div>`;
    case "failed":
      return errorNotice(arrivals.error, { label: t("retry"), run: () => send({ kind: "read_arrivals" }) });
    case "done":
      return html`${list(arrivals, shell)}
        <div class="buttons below">${read(t("arrivals_again"))}
          <cb-button kind="small" .label=${t("arrivals_csv")} @click=${() => save(shell)}></cb-button></div>`;
  }
}

function list({ view, filter, opened }: ArrivalsShown, shell: Shell): TemplateResult {
  const count = (of: ArrivalKind): number => view.counts.find((counted) => counted.kind === of)?.count ?? 0;
  const kinds: Kind[] = KINDS.filter((value) => count(value) > 0).map((value) => ({
    value,
    sign: SIGN[value],
    count: count(value),
    word: t(`arrival_${value}`),
  }));
  if (view.silent > 0) kinds.push({ value: SILENT, sign: "warning", count: view.silent, word: t("arrivals_silent") });
  return html`<p class="lead">${tn("arrivals_count", view.rows, { time: clockText(view.readAtMs) })} ${sinceText(view)}</p>
    ${findingCard(view.findings)}
    <cb-filter
      .label=${t("arrivals_title")}
      .kinds=${kinds}
      .value=${filter.silent ? SILENT : (filter.kind ?? "")}
      @cb-choose=${({ detail }: CustomEvent<string>) => shell.send({ kind: "filter_arrivals", filter: { kind: KINDS.find((name) => name === detail), silent: detail === SILENT } })}
    ></cb-filter>
    ${filter.silent ? html`<p class="lead">${t("arrivals_silent_note")}</p>` : nothing}
    ${filter.kind ? html`<p class="lead">${t(noteOf(filter.kind, view.cause))}</p>` : nothing}
    <cb-list pickable single .label=${t("arrivals_list")} .source=${source(opened, filter.silent, shell)} @cb-pick=${({ detail }: CustomEvent<string>) => shell.send({ kind: "open_arrival", address: detail })}></cb-list>
    ${keyed(opened[0]?.address, mailbox(opened, shell))}`;
}

/** Returns all that is known about who has arrived in a mailbox, for each of its users. */
function mailbox(rows: readonly ArrivalRow[], { send }: Shell): TemplateResult | typeof nothing {
  const [first] = rows;
  if (!first) return nothing;
  const { address, canSwitchBack } = first;
  return html`<div class="below" ${ref(intoView)}><cb-card .heading=${address}>${rows.map((row) => user(row, rows.length > 1))}${programs(first)}</cb-card>
    ${canSwitchBack ? html`<div class="buttons below"><cb-button kind="small" .label=${t("arrivals_back")} @click=${() => send({ kind: "ask", question: { kind: "switch_back", address } })}></cb-button></div>` : nothing}</div>`;
}

function user(row: ArrivalRow, isShared: boolean): TemplateResult {
  const { arrival, name, username, seenAt, atMs, switchedAtMs, finding, renamed, cause } = row;
  const about = name || username;
  const moments = [
    ...(atMs === undefined
      ? []
      : [
          t(arrival === "signed_in" ? "arrivals_signed_in_at" : "arrivals_tried_at", {
            moment: momentText(atMs / 1_000),
          }),
        ]),
    ...(switchedAtMs === undefined ? [] : [t("arrivals_switched_value", { moment: momentText(switchedAtMs / 1_000) })]),
  ];
  const notes = [
    seenAt === "mailcow" ? t("arrival_mailcow_note") : t(noteOf(arrival, cause)),
    ...(renamed === "" ? [] : [t("orphan_renamed", { username: renamed })]),
    ...moments,
  ];
  return html`<cb-row .sign=${SIGN[arrival]} .label=${about || t(`arrival_${arrival}`)} .tag=${about ? t(`arrival_${arrival}`) : ""}>${notes.map((note, at) => (at > 0 ? html`<br />${note}` : note))}</cb-row>
    ${finding ? findingRow(finding, undefined, false, isShared ? about : "") : nothing}`;
}

/** Returns the key of what is to be known about a kind, or about the reason why it is not known. */
function noteOf(kind: ArrivalKind, cause: ArrivalRow["cause"]): Key {
  return kind === "not_known" && cause ? `arrival_not_known_${cause}` : `arrival_${kind}_note`;
}

const PROGRAMS_SIGN = { go_on: "good", silent: "warning", none: "keep", not_known: "unknown" } as const;

/** Returns what is known about the mail programs of a mailbox since its switch. */
function programs({ programs: kind, uses }: ArrivalRow): TemplateResult {
  return html`<cb-row .sign=${PROGRAMS_SIGN[kind]} .label=${t(`programs_${kind}`)}>${programNotes(uses, kind).map((note, at) => (at > 0 ? html`<br />${note}` : note))}</cb-row>`;
}

/** Returns the sign-ins of mail programs, those since the switch first, and what to do. */
function programNotes(uses: readonly ProgramView[], kind: ArrivalRow["programs"]): string[] {
  const some = (key: Key, shown: readonly ProgramView[]): string[] =>
    shown.length === 0 ? [] : [t(key, { programs: listed(shown.map(programText)) })];
  return [
    ...some(
      "programs_since",
      uses.filter(({ isSince }) => isSince),
    ),
    ...some(
      "programs_missing",
      uses.filter(({ isSilent }) => isSilent),
    ),
    ...some(
      "programs_before",
      uses.filter(({ isSince, isSilent }) => isSince === false && !isSilent),
    ),
    ...some(
      "programs_about",
      uses.filter(({ isSince }) => isSince === undefined),
    ),
    ...(kind === "silent" ? [t("programs_ask")] : []),
  ];
}

function programText({ protocol, byAppPassword, atMs }: ProgramView): string {
  return t(byAppPassword ? "people_seen_app" : "people_seen_own", {
    protocol: t(`protocol_${protocol}`),
    day: dayText(atMs),
  });
}

/** Returns since when sign-ins count, and from when on all of them are known: with the time of day where both are on one day. */
function sinceText({ sinceMs, completeFromMs }: ArrivalsView): string {
  const isOneDay = sinceMs !== undefined && completeFromMs !== undefined && sharedDay(sinceMs, completeFromMs);
  const when = (milliseconds: number): string => (isOneDay ? momentText(milliseconds / 1_000) : dayText(milliseconds));
  const since = sinceMs === undefined ? "" : t("arrivals_since", { day: when(sinceMs) });
  const complete =
    completeFromMs === undefined ? t("arrivals_incomplete") : t("arrivals_complete", { day: when(completeFromMs) });
  return `${since} ${complete}`.trim();
}

function source(opened: readonly ArrivalRow[], isSilent: boolean, { core }: Shell): ListSource {
  return (text, offset, limit) => {
    const { total, rows } = core.findArrivals(text, offset, limit);
    return {
      total,
      rows: rows.map((row) => ({
        id: row.address,
        label: row.name || row.address,
        note: row.name ? row.address : "",
        sign: SIGN[row.arrival],
        tag: isSilent ? silentText(row) : tagOf(row),
        picked: opened[0]?.address === row.address,
      })),
    };
  };
}

/** Returns the protocols with which no mail program has signed in since. */
function silentText({ uses }: ArrivalRow): string {
  return listed(uses.filter(({ isSilent }) => isSilent).map(({ protocol }) => t(`protocol_${protocol}`)));
}

/** Returns in a few words what is known about the owner of a mailbox. */
function tagOf({ arrival, atMs, finding, renamed }: ArrivalRow): string {
  if (finding) return textOf(`ready_${finding.code}`, {}) || t("arrival_failed");
  if (renamed !== "") return t("orphan_renamed", { username: renamed });
  return atMs === undefined ? t(`arrival_${arrival}`) : dayText(atMs);
}

/** Saves everybody of the selected kind as a table. */
function save({ core }: Shell): void {
  const found = everyRow((offset, limit) => core.findArrivals("", offset, limit));
  const head = [
    t("readiness_username"),
    t("readiness_name"),
    t("readiness_email"),
    t("arrivals_title"),
    t("arrivals_when"),
    t("readiness_reason"),
    t("arrivals_switched"),
    t("orphan_mailbox"),
    t("orphan_namesake"),
    t("people_seen"),
    t("arrivals_programs"),
  ];
  const moment = (milliseconds: number | undefined): string =>
    milliseconds === undefined ? "" : momentText(milliseconds / 1_000);
  const lines = found.map(
    ({
      username,
      name,
      address,
      arrival,
      seenAt,
      atMs,
      finding,
      switchedAtMs,
      active,
      renamed,
      programs: kind,
      uses,
    }) => [
      username,
      name,
      address,
      t(seenAt === "mailcow" ? "arrival_seen_at_mailcow" : `arrival_${arrival}`),
      moment(atMs),
      finding ? findingWords(finding).label : "",
      moment(switchedAtMs),
      t(active ? "orphan_active" : "orphan_inactive"),
      renamed,
      t(`programs_${kind}`),
      programNotes(uses, kind).join(" "),
    ],
  );
  saveFile("table", t("arrivals_file"), writeTable([head, ...lines]));
}
