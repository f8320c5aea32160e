/** Who can sign in, in the place Check. */

import type { Finding, Outcome, PersonVerdict, ReadinessQuery, ReadinessRows, ReadinessView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import type { PlaceName, Readable, Readiness, Users } from "../state/state";
import { clockText } from "../text/time";
import { t, textOf, tn, type Values } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { remedyOf } from "./check";
import { findingCard, findingRow, type Remedy } from "./findings";
import { intoView, troubleNotice } from "./parts";

/** What can be done with the table. */
export interface ReadinessActions {
  change: (part: Partial<Readiness>) => void;
  find: (query: ReadinessQuery) => ReadinessRows;
  ask: (text: string) => void;
  save: () => void;
  /** Asks whether to switch the mailbox with this address; all of them where it is empty. */
  switch: (target: string) => void;
  switchBack: () => void;
  go: (place: PlaceName) => void;
}

const SIGN: Record<Outcome, SignKind> = {
  signs_in: "good",
  new_mailbox: "create",
  refused: "fault",
  unknown: "unknown",
};
const OUTCOMES = Object.keys(SIGN) as Outcome[];

/** The section. `faulty`: the check has found something that keeps everybody out, or may. */
export function readinessView(
  readiness: Readable,
  users: Users,
  faulty: boolean,
  act: ReadinessActions,
): TemplateResult | typeof nothing {
  switch (readiness.kind) {
    case "none":
      return nothing;
    case "reading":
      return section(
        users.kind === "reading" && users.total > 0
          ? html`<cb-progress .label=${t("reading_users")} .done=${users.read} .total=${users.total}></cb-progress>`
          : html`<cb-loading .label=${t("readiness_reading")}></cb-loading>`,
      );
    case "faulty":
      return section(troubleNotice(readiness.trouble));
    case "absent":
      return section(html`<p class="lead">${t("readiness_needs")}</p>`);
    case "done":
      return section(table(readiness, faulty, act));
  }
}

function section(content: TemplateResult): TemplateResult {
  return html`<section class="section"><h2 class="title">${t("readiness_title")}</h2>${content}</section>`;
}

function table(shown: Readiness, faulty: boolean, act: ReadinessActions): TemplateResult {
  const { view, outcome, work, trouble, verdicts } = shown;
  const time = clockText(view.readAtMs);
  const count = (of: Outcome): number =>
    view.reasons.reduce((sum, reason) => sum + (reason.outcome === of ? reason.count : 0), 0);
  const kinds = OUTCOMES.map((value) => ({
    value,
    sign: SIGN[value],
    count: count(value),
    word: t(`outcome_${value}`),
  }));
  return html`<p class="lead">${tn("readiness_lead", view.users, { time })}</p>
    ${faulty ? html`<cb-notice kind="warning" .label=${t("readiness_faulty")}>${t("readiness_faulty_note")}</cb-notice>` : nothing}
    ${view.planned ? html`<cb-notice kind="info" .label=${t("readiness_planned")}>${t("readiness_planned_note")}</cb-notice>` : nothing}
    ${work ? html`<cb-progress .label=${t("switching")} .done=${work.done} .total=${work.total}></cb-progress>` : nothing}
    <div role="status">${work ? nothing : keyed(shown.result, switching(shown, act))}</div>
    ${trouble ? troubleNotice(trouble) : nothing} ${findingCard(view.notes)}
    <cb-filter
      .label=${t("readiness_filter")}
      .kinds=${kinds}
      .value=${outcome ?? ""}
      @cb-choose=${({ detail }: CustomEvent<string>) => act.change({ outcome: OUTCOMES.find((name) => name === detail), reason: undefined })}
    ></cb-filter>
    ${reasons(shown, act)}
    <cb-list pickable single .label=${t("users")} .source=${source(shown, act)} @cb-pick=${({ detail }: CustomEvent<string>) => act.ask(detail)}></cb-list>
    <div class="below" role="status">${verdicts ? keyed(verdicts, people(verdicts, shown, act)) : nothing}</div>
    <cb-field
      .label=${t("readiness_address")}
      .hint=${t("readiness_address_hint")}
      .value=${shown.typed}
      @cb-input=${({ detail }: CustomEvent<string>) => act.change({ typed: detail })}
      @keydown=${({ key }: KeyboardEvent) => key === "Enter" && act.ask(shown.typed)}
    ></cb-field>
    <div class="buttons">
      <cb-button kind="small" .label=${t(shown.asking ? "readiness_asking" : "readiness_ask")} ?disabled=${shown.asking || shown.typed.trim() === ""} @click=${() => act.ask(shown.typed)}></cb-button>
      <cb-button kind="small" .label=${t("readiness_csv")} @click=${act.save}></cb-button>
    </div>`;
}

/** The reasons of the outcome that is shown, to choose one of. */
function reasons({ view, outcome, reason }: Readiness, act: ReadinessActions): TemplateResult | typeof nothing {
  const shown = view.reasons
    .map((one, at) => ({ ...one, at }))
    .filter((one) => outcome === undefined || one.outcome === outcome);
  if (shown.length < 2) return nothing;
  const options = shown.map(({ verdict, count, at }) => ({
    value: String(at),
    label: t("readiness_counted", { text: shortText(verdict), count }),
  }));
  return html`<cb-select
    .label=${t("readiness_reason")}
    .options=${[{ value: "", label: t("readiness_every_reason") }, ...options]}
    .value=${reason === undefined ? "" : String(reason)}
    @cb-choose=${({ detail }: CustomEvent<string>) => act.change({ reason: detail === "" ? undefined : Number(detail) })}
  ></cb-select>`;
}

/** A reason in two or three words; those that concern everybody stand in a sentence above. */
function shortText(verdict: string): string {
  return textOf(`ready_${verdict}`, {}) || t("outcome_refused");
}

function source({ outcome, reason, verdicts }: Readiness, act: ReadinessActions): ListSource {
  return (text, offset, limit) => {
    const { total, rows } = act.find({ text, outcome, reason, offset, limit });
    return {
      total,
      rows: rows.map(({ username, name, email, outcome: ends, finding }) => ({
        id: email || username,
        label: name || username,
        note: email || username,
        sign: SIGN[ends],
        // What is as it should be is said by the sign.
        ...(finding.code === "signs_in" || finding.code === "gets_mailbox" ? {} : { tag: shortText(finding.code) }),
        picked: verdicts?.some((verdict) => verdict.username === username) ?? false,
      })),
    };
  };
}

/** What was said of one address. */
function people(verdicts: readonly PersonVerdict[], { view }: Readiness, act: ReadinessActions): TemplateResult {
  return html`<cb-card ${ref(intoView)}
    >${verdicts.map(({ username, address, finding }) => {
      // Several users may have one address.
      return findingRow(
        finding,
        remedyFor(finding, username === "" ? "" : address, view, act),
        false,
        verdicts.length > 1 && username !== "" ? `${username} · ${address}` : address || username,
      );
    })}</cb-card
  >`;
}

/** What mends it. A mailbox that nobody at authentik owns is not offered: switching it would lock its owner out. */
function remedyFor(
  finding: Finding,
  address: string,
  { planned }: ReadinessView,
  act: ReadinessActions,
): Remedy | undefined {
  if (finding.code === "mailbox_has_password")
    return planned || address === "" ? undefined : { label: t("switch"), act: () => act.switch(address) };
  return remedyOf(finding, act.go);
}

/** What was switched, and what should be. */
function switching({ view, result }: Readiness, act: ReadinessActions): TemplateResult {
  const { switchable, switched, planned } = view;
  const back = html`<cb-button slot="action" kind="small" .label=${t("switch_undo")} @click=${act.switchBack}></cb-button>`;
  const need = html`<cb-button slot="action" kind="small" .label=${t("switch")} @click=${() => act.switch("")}></cb-button>`;
  // It may have been asked for far below.
  return html`<div ${result ? ref(intoView) : nothing}>${result?.stop ? troubleNotice(result.stop) : nothing}
  ${result?.way === "back" && result.done > 0 ? html`<cb-notice kind="good" .label=${tn("switched_back", result.done)}></cb-notice>` : nothing}
  ${result?.way === "switch" && !result.stop && result.done + result.left === 0 ? html`<cb-notice kind="info" .label=${t("switched_none")}></cb-notice>` : nothing}
  ${switched > 0 ? html`<cb-notice kind="good" .label=${tn("switched", switched)}>${t("switched_note")}${back}</cb-notice>` : nothing}
  ${result ? findingCard(result.findings, undefined, undefined, tn("switch_left", result.left)) : nothing}
  ${
    switchable > 0
      ? html`<cb-notice kind="info" .label=${tn("switch_needed", switchable)}>${t(planned ? "switch_after_saving" : "switch_needed_note")}${planned ? nothing : need}</cb-notice>`
      : nothing
  }</div>`;
}

/** The facts of the questions about switching. */
export function switchFacts({ view, target }: Readiness): Values {
  const all = target === "";
  return {
    mailboxes: tn("mailboxes", all ? view.switchable : 1),
    switched: tn("mailboxes", view.switched),
    demanding: all && view.demanding > 0 ? tn("demanding", view.demanding) : "",
  };
}
