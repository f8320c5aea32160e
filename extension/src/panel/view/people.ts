/** What a switch to Generic-OIDC would cost whom, below the table of who can sign in. */

import {
  type PersonRow,
  type PeopleStatus,
  type PeopleView,
  type Protocol,
  type SwitchCost,
  writeTable,
} from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { dayText } from "../text/time";
import { listed, t, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { errorNotice, everyRow } from "./parts";
import { wordsView } from "./words-for-people";

const SIGN: Record<SwitchCost, SignKind> = {
  ready: "good",
  needs_app_password: "problem",
  still_uses_password: "warning",
  never_seen: "good",
  not_known: "unknown",
  cannot_sign_in: "problem",
  keeps_password: "keep",
};
const COSTS = Object.keys(SIGN) as SwitchCost[];

/** Returns this part of the section. */
export function peopleView(people: PeopleStatus, planned: boolean, shell: Shell): TemplateResult {
  const { send } = shell;
  const read = (label: string): TemplateResult =>
    html`<cb-button kind="small" .label=${label} @click=${() => send({ kind: "read_people" })}></cb-button>`;
  switch (people.kind) {
    case "none":
      return part(html`<p class="lead">${t("people_lead")}</p><div class="buttons">${read(t("people_read"))}</div>`);
    case "reading":
      return part(html`<cb-progress .label=${t("people_reading")} .done=${people.done} .total=${people.total}></cb-progress>
        <div class="buttons"><cb-button kind="small" .label=${t("cancel")} ?disabled=${people.cancelling} @click=${() => send({ kind: "cancel" })}></cb-button></div>`);
    case "failed":
      return part(errorNotice(people.error, { label: t("retry"), run: () => send({ kind: "read_people" }) }));
    case "done":
      return part(html`${counts(people.view, people.cost, planned, shell)}
        <div class="buttons below">${read(t("people_again"))}
          <cb-button kind="small" .label=${t("people_csv")} @click=${() => save(shell)}></cb-button></div>
        <cb-card><cb-disclosure .label=${t("words_title")} .summary=${t("words_summary")}>${words(people, shell)}</cb-disclosure></cb-card>`);
  }
}

function part(content: TemplateResult): TemplateResult {
  return html`<section class="section"><h2 class="title">${t("people_title")}</h2>${content}</section>`;
}

function counts(view: PeopleView, cost: SwitchCost | undefined, planned: boolean, shell: Shell): TemplateResult {
  const count = (of: SwitchCost): number => view.costs.find((counted) => counted.cost === of)?.count ?? 0;
  const kinds = COSTS.filter((value) => count(value) > 0).map((value) => ({
    value,
    sign: SIGN[value],
    count: count(value),
    word: t(`cost_${value}`),
  }));
  return html`<p class="lead">${tn("people_count", view.mailboxes)} ${t(`people_source_${sourceOf(view)}`)}</p>
    <cb-filter
      .label=${t("people_title")}
      .kinds=${kinds}
      .value=${cost ?? ""}
      @cb-choose=${({ detail }: CustomEvent<string>) => shell.send({ kind: "filter_people", cost: COSTS.find((name) => name === detail) })}
    ></cb-filter>
    ${
      view.ready > 0 && !planned
        ? html`<cb-notice kind="info" .label=${tn("people_switch_title", view.ready)}
          ><cb-button slot="action" kind="small" .label=${tn("people_switch", view.ready)} @click=${() => shell.send({ kind: "ask", question: { kind: "switch_ready" } })}></cb-button></cb-notice>`
        : nothing
    }
    ${cost ? html`<p class="lead">${t(`cost_${cost}_note`)}</p>` : nothing}
    <cb-list .label=${t("people_list")} .source=${source(shell)}></cb-list>`;
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
        id: `${row.address} ${row.username}`,
        label: row.name || row.address,
        note: noteOf(row),
        sign: SIGN[row.cost],
        tag: row.breaks.length > 0 ? protocols(row.breaks) : t(`cost_${row.cost}`),
      })),
    };
  };
}

/** Returns the address, and when a mail program signed in last. */
function noteOf({ address, seen }: PersonRow): string {
  const last = Math.max(0, ...seen.map(({ atMs }) => atMs));
  return last === 0 ? address : t("people_last", { address, day: dayText(last) });
}

function protocols(names: readonly Protocol[]): string {
  return listed(names.map((name) => t(`protocol_${name}`)));
}

/** Returns the messages for everybody with the selected cost. */
function words({ view, cost }: Extract<PeopleStatus, { kind: "done" }>, shell: Shell): TemplateResult | typeof nothing {
  const counts = view.costs.filter((counted) => cost === undefined || counted.cost === cost);
  return wordsView({ counts, people: () => everyPerson(shell) }, shell);
}

function everyPerson({ core }: Shell): PersonRow[] {
  return everyRow((offset, limit) => core.findPeople("", offset, limit));
}

/** Saves everybody with the selected cost as a table. */
function save(shell: Shell): void {
  const found = everyPerson(shell);
  const head = [
    t("readiness_username"),
    t("readiness_name"),
    t("readiness_email"),
    t("people_title"),
    t("people_breaks"),
    t("people_app_passwords"),
    t("people_seen"),
  ];
  const lines = found.map(({ username, name, address, cost, breaks, appPasswords, seen }) => [
    username,
    name,
    address,
    t(`cost_${cost}`),
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
