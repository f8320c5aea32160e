/** The section Switch: what a switch to Generic-OIDC would cost whom, and the wave that is switched next. */

import {
  type PeopleFilter,
  type PeopleShown,
  type PeopleView,
  type PersonRow,
  type Protocol,
  type ReadinessView,
  type RequestedView,
  type SwitchCost,
  writeTable,
} from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { findingWords } from "../text/core";
import { clockText, dayText } from "../text/time";
import { listed, number, t, textOf, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { errorNotice, everyRow } from "./parts";
import { switchedView } from "./switched";
import { type Table, whenRead } from "./table";
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
function list({ view, filter }: PeopleShown, { readAtMs }: ReadinessView, shell: Shell): TemplateResult {
  const { send } = shell;
  const count = (of: SwitchCost): number => view.costs.find((counted) => counted.cost === of)?.count ?? 0;
  const kinds = COSTS.filter((value) => count(value) > 0).map((value) => ({
    value,
    sign: SIGN[value],
    count: count(value),
    word: t(`cost_${value}`),
  }));
  const narrow = (part: Partial<PeopleFilter>): void => send({ kind: "filter_people", filter: { ...filter, ...part } });
  return html`<p class="lead">${tn("people_count", view.mailboxes, { time: clockText(readAtMs) })} ${t(`people_source_${sourceOf(view)}`)}</p>
    <cb-filter
      .label=${t("people_title")}
      .kinds=${kinds}
      .value=${filter.cost ?? ""}
      @cb-choose=${({ detail }: CustomEvent<string>) => narrow({ cost: COSTS.find((name) => name === detail) })}
    ></cb-filter>
    ${filter.cost ? html`<p class="lead">${t(`cost_${filter.cost}_note`)}</p>` : nothing} ${narrowing(view, filter, narrow, shell)}
    <cb-list
      pickable
      .label=${t("people_list")}
      .source=${source(shell)}
      .every=${t("people_pick_found")}
      @cb-pick=${({ detail }: CustomEvent<string>) => send({ kind: "pick", address: detail })}
      @cb-every=${({ detail }: CustomEvent<string>) => send({ kind: "pick_found", text: detail })}
    ></cb-list>`;
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
function waveView({ wave, losing: named }: PeopleShown, { planned }: ReadinessView, shell: Shell): TemplateResult {
  const { core, send } = shell;
  const { mailboxes, costs, losing, shared, mayChange, doubtful, reactivated, remade, templates } = wave;
  const ready = html`<cb-button kind="small" .label=${t("wave_ready")} @click=${() => send({ kind: "pick_ready" })}></cb-button>`;
  if (mailboxes === 0)
    return html`<cb-card .heading=${t("wave_title")}><cb-row sign="waiting" .label=${t("wave_empty")}>${t("wave_empty_note")}</cb-row></cb-card>
      <div class="buttons below">${ready}</div>`;
  const people = named.map(
    (row) => html`<cb-row .sign=${SIGN[row.cost]} .label=${row.name || row.address}>${lossText(row)}</cb-row>`,
  );
  return html`<cb-card .heading=${t("wave_title")}>
      <cb-row sign="change" .label=${tn("mailboxes", mailboxes)}
        ><cb-diff slot="below" .differences=${[{ label: "", before: t("wave_before"), after: t("wave_after"), word: true }]}></cb-diff
      ></cb-row>
      ${costs.filter(({ cost }) => !isLoss(cost)).map(({ cost, count }) => html`<cb-row .sign=${SIGN[cost]} .label=${t("wave_cost", { count: number(count), cost: t(`cost_${cost}`) })}></cb-row>`)}
      ${losing > 3 ? html`<cb-disclosure .label=${tn("wave_losing", losing)} .summary=${listed(named.slice(0, 3).map(({ name, address }) => name || address))}>${people}${losing > people.length ? html`<cb-row .label=${tn("wave_losing_more", losing - people.length)}></cb-row>` : nothing}</cb-disclosure>` : people}
      ${doubtful > 0 ? html`<cb-row sign="unknown" .label=${tn("wave_doubtful", doubtful)}></cb-row>` : nothing}
      ${reactivated > 0 ? html`<cb-row sign="warning" .label=${tn("wave_reactivated", reactivated)}></cb-row>` : nothing}
      ${remade > 0 ? html`<cb-row sign="change" .label=${tn("wave_remade", remade, { templates: listed(templates) })}>${t("wave_remade_note")}</cb-row>` : nothing}
      ${shared.length > 0 ? html`<cb-row sign="warning" .label=${tn("wave_shared_title", shared.length)}>${listed(shared)}</cb-row>` : nothing}
      ${mayChange > 0 ? html`<cb-row sign="warning" .label=${tn("wave_may_change", mayChange)}>${t("wave_may_change_note")}</cb-row>` : nothing}
    </cb-card>
    ${planned ? html`<p class="lead">${t("switch_after_saving")}</p>` : nothing}
    <div class="buttons below">
      ${ready}<cb-button kind="small" .label=${t("wave_nobody")} @click=${() => send({ kind: "pick_nobody" })}></cb-button>
    </div>
    <cb-card
      ><cb-disclosure .label=${t("words_title")} .summary=${t("words_summary")}
        >${wordsView({ counts: costs, people: () => everyRow((offset, limit) => core.findWave(offset, limit)) }, shell)}</cb-disclosure
      ></cb-card
    >`;
}

function isLoss(cost: SwitchCost): boolean {
  return cost !== "ready" && cost !== "never_seen" && cost !== "not_known";
}

/** Returns what somebody loses, by name. */
function lossText({ cost, breaks, address, after }: PersonRow): string {
  const what = after ? findingWords(after).label : t(`cost_${cost}`);
  return breaks.length > 0
    ? t("wave_breaks", { address, what, protocols: protocols(breaks) })
    : t("wave_loss", { address, what });
}

/** What mailcow says about mail programs. */
function sourceOf({ showsSignIns, tellsPasswords }: PeopleView): "log" | "mailboxes" | "none" {
  if (tellsPasswords) return "log";
  return showsSignIns ? "mailboxes" : "none";
}

function source({ core }: Shell): ListSource {
  return (text, offset, limit) => {
    const { total, rows } = core.findPeople(text, offset, limit);
    return {
      total,
      rows: rows.map((row) => ({
        id: row.address,
        label: row.name || row.address,
        note: noteOf(row),
        sign: SIGN[row.cost],
        tag: tagOf(row),
        picked: row.inWave,
      })),
    };
  };
}

/** Returns in a few words what is to be known before the switch. */
function tagOf({ breaks, cost, after }: PersonRow): string {
  if (breaks.length > 0) return protocols(breaks);
  const word = after ? textOf(`ready_${after.code}`, {}) : "";
  return word === "" ? t(`cost_${cost}`) : word;
}

/** Returns the address, and when a mail program signed in last. */
function noteOf({ address, seen }: PersonRow): string {
  const last = Math.max(0, ...seen.map(({ atMs }) => atMs));
  return last === 0 ? address : t("people_last", { address, day: dayText(last) });
}

function protocols(names: readonly Protocol[]): string {
  return listed(names.map((name) => t(`protocol_${name}`)));
}

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
    listed(
      seen.map(({ protocol, atMs, byAppPassword }) =>
        t(byAppPassword ? "people_seen_app" : "people_seen_own", {
          protocol: t(`protocol_${protocol}`),
          day: dayText(atMs),
        }),
      ),
    ),
  ]);
  saveFile("table", t("people_file"), writeTable([head, ...lines]));
}
