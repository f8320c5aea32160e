/** The section Switch: what a switch to Generic-OIDC would cost whom, and the wave that is switched next. */

import {
  type LoadedView,
  type PeopleFilter,
  type PeopleShown,
  type PeopleView,
  type PersonRow,
  type Protocol,
  type ReadinessView,
  type RequestedView,
  type SeenWith,
  type SwitchCost,
  writeTable,
} from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { findingWords } from "../text/core";
import { LANGUAGES } from "../text/languages";
import { clockText, dayText } from "../text/time";
import { type Key, listed, number, t, textOf, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { remedyOf } from "./check";
import { findingRow } from "./findings";
import { errorNotice, everyRow, intoView } from "./parts";
import { switchedView } from "./switched";
import { type Table, whenRead } from "./table";
import { aboutPrograms } from "../text/people-words";
import { wordsView } from "./words-for-people";

const SIGN: Record<SwitchCost, SignKind> = {
  ready: "good",
  needs_app_password: "problem",
  still_uses_password: "warning",
  exceeds_template: "problem",
  never_seen: "good",
  not_known: "unknown",
  cannot_sign_in: "problem",
  keeps_password: "keep",
};
const COSTS = Object.keys(SIGN) as SwitchCost[];

/** Returns this section. */
export function switchView(shell: Shell): TemplateResult {
  return html`<section><h2 class="title">${t("switch_title")}</h2>${whenRead(shell, (table) => moving(table, shell))}</section>`;
}

function moving({ people, view, error }: Table, shell: Shell): TemplateResult {
  return html`${switchedView(shell)} ${error ? errorNotice(error) : nothing}${peopleView(people, view, shell)}`;
}

function peopleView(people: RequestedView<PeopleShown>, table: ReadinessView, shell: Shell): TemplateResult {
  const { send } = shell;
  const read = (label: string): TemplateResult =>
    html`<cb-button kind="small" .label=${label} @click=${() => send({ kind: "read_people" })}></cb-button>`;
  switch (people.kind) {
    case "none":
      return html`<p class="lead">${t("people_lead")}</p><div class="buttons">${read(t("people_read"))}</div>`;
    case "reading":
      return html`<cb-progress .label=${t("people_reading")} .done=${people.done} .total=${people.total}></cb-progress>
        <div class="buttons"><cb-button kind="small" .label=${t("cancel")} ?disabled=${people.cancelling} @click=${() => send({ kind: "cancel" })}></cb-button></div>`;
    case "failed":
      return errorNotice(people.error, { label: t("retry"), run: () => send({ kind: "read_people" }) });
    case "done":
      return html`${list(people, table, shell)}
        <div class="buttons below">${read(t("people_again"))}
          <cb-button kind="small" .label=${t("people_csv")} @click=${() => save(shell)}></cb-button></div>
        ${waveView(people, table, shell)}`;
  }
}

/** Returns the list with its filters. */
function list({ view, filter, opened }: PeopleShown, { readAtMs }: ReadinessView, shell: Shell): TemplateResult {
  const { send } = shell;
  const count = (of: SwitchCost): number => view.costs.find((counted) => counted.cost === of)?.count ?? 0;
  // The last ones with the selected cost may have been switched.
  const kinds = COSTS.filter((value) => count(value) > 0 || value === filter.cost).map((value) => ({
    value,
    sign: SIGN[value],
    count: count(value),
    word: t(`cost_${value}`),
  }));
  const narrow = (part: Partial<PeopleFilter>): void => send({ kind: "filter_people", filter: { ...filter, ...part } });
  const [time, since] = [clockText(readAtMs), clockText(view.readAtMs ?? readAtMs)];
  return html`<p class="lead">${tn("people_count", view.mailboxes, { time })} ${since === time ? nothing : `${t("people_read_at", { time: since })} `}${t(`people_source_${sourceOf(view)}`)}</p>
    <cb-filter
      .label=${t("people_title")}
      .kinds=${kinds}
      .value=${filter.cost ?? ""}
      @cb-choose=${({ detail }: CustomEvent<string>) => narrow({ cost: COSTS.find((name) => name === detail) })}
    ></cb-filter>
    ${filter.cost ? html`<p class="lead">${t(`cost_${filter.cost}_note`)}</p>` : nothing} ${narrowing(view, filter, narrow, shell)}
    <cb-list
      pickable
      opens
      .label=${t("people_list")}
      .source=${source(opened, shell)}
      @cb-pick=${({ detail }: CustomEvent<string>) => send({ kind: "pick", address: detail })}
      @cb-open=${({ detail }: CustomEvent<string>) => send({ kind: "open_person", address: detail })}
      @cb-every=${({ detail }: CustomEvent<string>) => send({ kind: "pick_found", text: detail })}
    ></cb-list>
    ${keyed(opened[0]?.address, mailbox(opened, shell))}`;
}

/** Returns all that is known about a mailbox: what a switch costs each of its users, and what signs in to it. */
function mailbox(rows: readonly PersonRow[], { send }: Shell): TemplateResult | typeof nothing {
  const [first] = rows;
  if (!first) return nothing;
  const { address, appPasswords, breaks, cost, seen } = first;
  const used = [...new Set(seen.map(({ protocol }) => protocol))].map((protocol) => {
    const times = seen.filter((one) => one.protocol === protocol);
    const sign = breaks.includes(protocol) ? SIGN[cost] : "";
    return html`<cb-row .sign=${sign} .label=${t(`protocol_${protocol}`)}>${times.map((one) => t(USED[one.with], { day: dayText(one.atMs) })).join(" · ")}</cb-row>`;
  });
  const opens =
    appPasswords === undefined
      ? t("people_app_passwords_unread")
      : appPasswords.length === 0
        ? t("people_app_passwords_none")
        : protocols(appPasswords);
  return html`<div class="below" ${ref(intoView)}><cb-card .heading=${address}>
      ${rows.map((row) => user(row, rows.length > 1, send))} ${used}
      <cb-row .label=${t("people_app_passwords")}>${opens}</cb-row>
    </cb-card></div>`;
}

/** With what a mail program has signed in. */
const USED = {
  password: "people_used_password",
  app_password: "people_used_app",
  either: "people_used_either",
} as const satisfies Record<SeenWith, Key>;

function user({ after, cost, name, username }: PersonRow, isShared: boolean, send: Shell["send"]): TemplateResult {
  const about = name || username;
  const remedy = after && remedyOf(after, (section) => send({ kind: "repair", section }));
  return html`<cb-row .sign=${SIGN[cost]} .label=${about || t(`cost_${cost}`)}>${t(`cost_${cost}_note`)}</cb-row>
    ${after ? findingRow(after, remedy, false, isShared ? about : "") : nothing}`;
}

/** Returns menus that narrow the list, as far as there is something to choose. */
function narrowing(
  { domains }: PeopleView,
  filter: PeopleFilter,
  narrow: (part: Partial<PeopleFilter>) => void,
  { view }: Shell,
): TemplateResult {
  const groups = view.authentikFacts?.groups ?? [];
  const menu = (
    name: "domain" | "group",
    options: { value: string; label: string }[],
  ): TemplateResult | typeof nothing =>
    options.length < 2
      ? nothing
      : html`<cb-select
          .label=${t(`people_${name}`)}
          .options=${[{ value: "", label: t(`people_every_${name}`) }, ...options]}
          .value=${filter[name] ?? ""}
          @cb-choose=${({ detail }: CustomEvent<string>) => narrow({ [name]: detail === "" ? undefined : detail })}
        ></cb-select>`;
  return html`<div class="pair">
    ${menu(
      "domain",
      domains.map((domain) => ({ value: domain, label: domain })),
    )}
    ${menu(
      "group",
      groups.map(({ key, name }) => ({ value: key, label: name })),
    )}
  </div>`;
}

/** Returns the wave: what would be switched, and what that costs whom. */
function waveView(shown: PeopleShown, { planned }: ReadinessView, shell: Shell): TemplateResult {
  const { core, send } = shell;
  const { losing: named, ready, untold, view, wave, writing } = shown;
  const { mailboxes, costs, shared, mayChange, doubtful, reactivated, remade, templates } = wave;
  const pick = html`${ready > 0 ? html`<cb-button kind="small" .label=${tn("wave_ready", ready)} @click=${() => send({ kind: "pick_ready" })}></cb-button>` : nothing}
      ${mailboxes > 0 ? html`<cb-button kind="small" .label=${t("wave_nobody")} @click=${() => send({ kind: "pick_nobody" })}></cb-button>` : nothing}
      <cb-file accept=".csv,text/csv" .label=${t("wave_load")} @cb-file=${({ detail }: CustomEvent<File>) => load(detail, send)}></cb-file>`;
  const loaded = html`<div class="below" role="status">${shown.loaded ? keyed(JSON.stringify(shown.loaded), loadedNotice(shown.loaded)) : nothing}</div>`;
  if (mailboxes === 0 && view.end) return endView(view, shell);
  if (mailboxes === 0)
    return html`<cb-card .heading=${t("wave_title")}><cb-row sign="waiting" .label=${t("wave_empty")}>${t("wave_empty_note")}</cb-row></cb-card>
      <div class="buttons below">${pick}</div>${loaded}`;
  return html`<cb-card .heading=${t("wave_title")}>
      <cb-row sign="change" .label=${tn("mailboxes", mailboxes)}
        ><cb-diff slot="below" .differences=${[{ label: "", before: t("wave_before"), after: t("wave_after"), word: true }]}></cb-diff
      ></cb-row>
      ${costs.filter(({ cost }) => !isLoss(cost)).map(({ cost, count }) => html`<cb-row .sign=${SIGN[cost]} .label=${counted(cost, count)}></cb-row>`)}
      ${untold > 0 ? html`<cb-row sign="warning" .label=${t("wave_write_first")}></cb-row>` : nothing}
      ${costs.filter(({ cost }) => isLoss(cost)).map(({ cost, count }) => losses(cost, count, named))}
      ${doubtful > 0 ? html`<cb-row sign="unknown" .label=${tn("wave_doubtful", doubtful)}></cb-row>` : nothing}
      ${reactivated > 0 ? html`<cb-row sign="warning" .label=${tn("wave_reactivated", reactivated)}></cb-row>` : nothing}
      ${remade > 0 ? html`<cb-row sign="change" .label=${tn("wave_remade", remade, { templates: listed(templates) })}>${t("wave_remade_note")}</cb-row>` : nothing}
      ${shared.length > 0 ? html`<cb-row sign="warning" .label=${tn("wave_shared_title", shared.length)}>${listed(shared)}</cb-row>` : nothing}
      ${mayChange > 0 ? html`<cb-row sign="warning" .label=${tn("wave_may_change", mayChange)}>${t("wave_may_change_note")}</cb-row>` : nothing}
    </cb-card>
    ${planned ? html`<p class="lead">${t("switch_after_saving")}</p>` : nothing}
    <div class="buttons below">${pick}</div>${loaded}
    <cb-card
      ><cb-disclosure .label=${t("words_title")} .summary=${t("words_summary")} .asked=${writing}
        >${wordsView(
          {
            counts: costs,
            people: () => everyRow((offset, limit) => core.findWave(offset, limit)),
            written: (written) => send({ kind: "messages_written", costs: written }),
          },
          shell,
        )}</cb-disclosure
      ></cb-card
    >`;
}

/** Says that nobody is left whom a switch would let in, and where to go from here. */
function endView({ end, mailboxes }: PeopleView, { send }: Shell): TemplateResult {
  const isMoved = end === "moved";
  const section = isMoved ? "arrivals" : "readiness";
  const label = t(isMoved ? "wave_end" : "wave_end_nobody");
  const left = mailboxes > 0 ? tn("wave_end_left", mailboxes) : t("wave_end_all");
  const note = isMoved ? left : t("wave_end_nobody_note");
  return html`<cb-card .heading=${t("wave_title")}><cb-row sign=${isMoved ? "good" : "problem"} .label=${label}>${note}</cb-row></cb-card>
    <div class="buttons below"><cb-button kind="small" .label=${t("check_go", { section: t(`section_${section}`) })} @click=${() => send({ kind: "go", section })}></cb-button></div>`;
}

/** Reads a file that Cowbell has saved, in whatever language. */
async function load(file: File, send: Shell["send"]): Promise<void> {
  const inEach = (key: Key): string[] => LANGUAGES.map((language) => t(key, {}, language));
  send({
    kind: "load_wave",
    text: await file.text(),
    addresses: inEach("readiness_email"),
    needs: inEach("words_column_app_password"),
    told: aboutPrograms(LANGUAGES),
  });
}

/** Says what became of the file. */
function loadedNotice(loaded: LoadedView): TemplateResult {
  if (loaded.kind === "refused") {
    const note = t(`wave_file_${loaded.error}_note`, { column: t("readiness_email") });
    return html`<cb-notice kind="problem" .label=${t(`wave_file_${loaded.error}`)}>${note}</cb-notice>`;
  }
  const { absent, oneByOne, picked, switched } = loaded;
  const left = [
    switched > 0 ? tn("wave_loaded_switched", switched) : "",
    oneByOne > 0 ? tn("wave_loaded_one_by_one", oneByOne) : "",
    absent > 0 ? tn("wave_loaded_absent", absent) : "",
  ];
  return html`<cb-notice kind=${picked > 0 ? "good" : "warning"} .label=${picked > 0 ? tn("wave_loaded", picked) : t("wave_loaded_none")}>${left.filter(Boolean).join(" ")}</cb-notice>`;
}

function isLoss(cost: SwitchCost): boolean {
  return cost !== "ready" && cost !== "never_seen" && cost !== "not_known";
}

function counted(cost: SwitchCost, count: number): string {
  return t("wave_cost", { count: number(count), cost: t(`cost_${cost}`) });
}

/** Returns those of a wave who lose the same, by name. */
function losses(cost: SwitchCost, count: number, all: readonly PersonRow[]): TemplateResult {
  const named = all.filter((row) => row.cost === cost);
  const people = named.map((row) => {
    const what = lossOf(row);
    const address = row.name ? row.address : "";
    const note = address && what ? t("wave_loss", { address, what }) : address || what;
    return html`<cb-row .label=${row.name || row.address}>${note}</cb-row>`;
  });
  const more = count - named.length;
  return html`<cb-disclosure .sign=${SIGN[cost]} .label=${counted(cost, count)} .summary=${listed(named.slice(0, 3).map(({ name, address }) => name || address))}
    >${people}${more > 0 ? html`<cb-row .label=${tn("wave_losing_more", more)}></cb-row>` : nothing}</cb-disclosure
  >`;
}

/** Returns what somebody loses, apart from the cost itself. */
function lossOf(row: PersonRow): string {
  const { after, cost } = row;
  if (after) return findingWords(after).label;
  const tag = tagOf(row);
  return tag === t(`cost_${cost}`) ? "" : tag;
}

/** What mailcow says about mail programs. */
function sourceOf({ showsSignIns, tellsPasswords }: PeopleView): "log" | "mailboxes" | "none" {
  if (tellsPasswords) return "log";
  return showsSignIns ? "mailboxes" : "none";
}

function source(opened: readonly PersonRow[], { core }: Shell): ListSource {
  return (text, offset, limit) => {
    const { total, rows, addable } = core.findPeople(text, offset, limit);
    return {
      total,
      every: addable > 0 ? tn("people_pick_found", addable) : "",
      rows: rows.map((row) => ({
        id: row.address,
        label: row.name || row.address,
        note: row.name ? row.address : "",
        sign: SIGN[row.cost],
        tag: tagOf(row),
        more: moreOf(row),
        picked: row.inWave,
        opened: opened[0]?.address === row.address,
      })),
    };
  };
}

/** Returns in a few words what is to be known before the switch. If nothing would break, the sign is enough. */
function tagOf({ after, breaks, breaksAtMs, cost }: PersonRow): string {
  if (breaksAtMs !== undefined && cost !== "exceeds_template")
    return t("people_breaks_since", { protocols: inShort(breaks), day: dayText(breaksAtMs) });
  if (cost === "ready" || cost === "never_seen") return "";
  const word = after ? textOf(`ready_${after.code}`, {}) : "";
  return word === "" ? t(`cost_${cost}`) : word;
}

/** Returns whether an app password is used, too: then its owner may be done. */
function moreOf({ appPasswordAtMs, breaksAtMs }: PersonRow): string {
  if (appPasswordAtMs === undefined || breaksAtMs === undefined) return "";
  return t("people_used_app", { day: dayText(appPasswordAtMs) });
}

/** Returns at most two protocols by name: a tag has half a line. */
function inShort(names: readonly Protocol[]): string {
  const more = names.length - 2;
  return more > 0 ? t("people_protocols_more", { protocols: protocols(names.slice(0, 2)), more }) : protocols(names);
}

function protocols(names: readonly Protocol[]): string {
  return listed(names.map((name) => t(`protocol_${name}`)));
}

const SEEN = {
  password: "people_seen_own",
  app_password: "people_seen_app",
  either: "people_seen_either",
} as const satisfies Record<SeenWith, Key>;

/** Saves everybody with the selected cost as a table. */
function save({ core }: Shell): void {
  const found = everyRow((offset, limit) => core.findPeople("", offset, limit));
  const head = [
    t("readiness_username"),
    t("readiness_name"),
    t("readiness_email"),
    t("people_title"),
    t("readiness_reason"),
    t("people_breaks"),
    t("people_app_passwords"),
    t("people_seen"),
  ];
  const lines = found.map(({ username, name, address, cost, after, breaks, appPasswords, seen }) => [
    username,
    name,
    address,
    t(`cost_${cost}`),
    after ? findingWords(after).label : "",
    protocols(breaks),
    protocols(appPasswords ?? []),
    listed(seen.map((one) => t(SEEN[one.with], { protocol: t(`protocol_${one.protocol}`), day: dayText(one.atMs) }))),
  ]);
  saveFile("table", t("people_file"), writeTable([head, ...lines]));
}
