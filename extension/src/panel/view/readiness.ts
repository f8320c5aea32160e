/** The section "Who can sign in". */

import { type Finding, type Outcome, type UserVerdict, type ReadinessView, writeTable } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { findingWords, formFieldText } from "../text/core";
import { clockText } from "../text/time";
import { t, textOf, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { remedyOf } from "./check";
import { findingCard, findingRow, type Remedy } from "./findings";
import { errorNotice, everyRow, intoView } from "./parts";
import { switchedView } from "./switched";
import { type Table, whenRead } from "./table";

const SIGN: Record<Outcome, SignKind> = {
  signs_in: "good",
  new_mailbox: "create",
  not_switched: "waiting",
  refused: "problem",
  unknown: "unknown",
};
const OUTCOMES = Object.keys(SIGN) as Outcome[];

/** Returns this section. */
export function readinessView(shell: Shell): TemplateResult {
  return section(whenRead(shell, (readiness) => table(readiness, shell)));
}

function section(content: TemplateResult): TemplateResult {
  return html`<section><h2 class="title">${t("readiness_title")}</h2>${content}</section>`;
}

function table(shown: Table, shell: Shell): TemplateResult {
  const { send } = shell;
  const { check, typed } = shell.view;
  const { view, outcome, error, verdicts } = shown;
  // Every other problem may still make some sign-ins fail.
  const hasProblem =
    view.problems.length === 0 &&
    check.kind === "done" &&
    check.findings.some(({ severity }) => severity === "problem");
  const lookUp = (text: string): void => send({ kind: "look_up", text });
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
    ${view.problems.slice(0, 1).map((problem) => nobody(problem, view))}
    ${hasProblem ? html`<cb-notice kind="warning" .label=${t("readiness_faulty")}>${t("readiness_faulty_note")}</cb-notice>` : nothing}
    ${view.planned ? html`<cb-notice kind="info" .label=${t("readiness_planned")}>${t("readiness_planned_note")}</cb-notice>` : nothing}
    ${switchedView(shell)} ${needed(view, send)}
    ${error ? errorNotice(error) : nothing} ${findingCard(view.notes)}
    <cb-filter
      .label=${t("readiness_filter")}
      .kinds=${kinds}
      .value=${outcome ?? ""}
      @cb-choose=${({ detail }: CustomEvent<string>) => send({ kind: "filter", outcome: OUTCOMES.find((name) => name === detail), reason: undefined })}
    ></cb-filter>
    ${reasons(shown, send)}
    <cb-list pickable single .label=${t("users")} .source=${source(shown, shell)} @cb-pick=${({ detail }: CustomEvent<string>) => lookUp(detail)}></cb-list>
    <div class="below" role="status">${verdicts ? keyed(JSON.stringify(verdicts), people(verdicts, shown, send)) : nothing}</div>
    <cb-field
      .label=${t("readiness_address")}
      .hint=${t("readiness_address_hint")}
      .value=${typed}
      @cb-input=${({ detail }: CustomEvent<string>) => send({ kind: "type", text: detail })}
      @keydown=${({ key }: KeyboardEvent) => key === "Enter" && lookUp(typed)}
    ></cb-field>
    <div class="buttons">
      <cb-button kind="small" .label=${t(shown.asking ? "readiness_asking" : "readiness_ask")} ?disabled=${shown.asking || typed.trim() === ""} @click=${() => lookUp(typed)}></cb-button>
      <cb-button kind="small" .label=${t("readiness_csv")} @click=${() => saveTable(shell)}></cb-button>
    </div>`;
}

/** Returns what makes every sign-in fail, or may do so. What to do about it is above, where both sides are checked. */
function nobody(problem: Finding, { reasons: all }: ReadinessView): TemplateResult {
  const isCertain = !all.some(({ verdict, outcome }) => verdict === problem.code && outcome === "unknown");
  const { label } = findingWords(problem);
  const text = problem.field ? t("readiness_problem_at", { field: formFieldText(problem.field), text: label }) : label;
  return html`<cb-notice kind="warning" .label=${t(isCertain ? "readiness_nobody" : "readiness_doubtful")}>${text}</cb-notice>`;
}

/** Returns the reasons of the shown outcome as a menu. */
function reasons({ view, outcome, reason }: Table, send: Shell["send"]): TemplateResult | typeof nothing {
  const shown = view.reasons
    .map((one, at) => ({ ...one, at }))
    .filter((one) => outcome === undefined || one.outcome === outcome);
  if (shown.length < 2) return nothing;
  const options = shown.map(({ verdict, outcome: ends, count, at }) => ({
    value: String(at),
    label: t("readiness_counted", { text: shortText(verdict, ends), count }),
  }));
  return html`<cb-select
    .label=${t("readiness_reason")}
    .options=${[{ value: "", label: t("readiness_every_reason") }, ...options]}
    .value=${reason === undefined ? "" : String(reason)}
    @cb-choose=${({ detail }: CustomEvent<string>) => send({ kind: "filter", outcome, reason: detail === "" ? undefined : Number(detail) })}
  ></cb-select>`;
}

/** Returns a reason in two or three words; one that concerns everyone is a sentence above. */
function shortText(verdict: string, outcome: Outcome): string {
  return textOf(`ready_${verdict}`, {}) || t(`outcome_${outcome}`);
}

function source({ verdicts }: Table, { core }: Shell): ListSource {
  return (text, offset, limit) => {
    const { total, rows } = core.findReadiness(text, offset, limit);
    return {
      total,
      rows: rows.map(({ username, name, email, outcome: ends, finding }) => ({
        id: email || username,
        label: name || username,
        note: email || username,
        sign: SIGN[ends],
        // If nothing is wrong, the sign is enough.
        ...(finding.code === "signs_in" || finding.code === "gets_mailbox"
          ? {}
          : { tag: shortText(finding.code, ends) }),
        picked: verdicts?.some((verdict) => verdict.username === username) ?? false,
      })),
    };
  };
}

/** Returns the verdicts about one address. */
function people(verdicts: readonly UserVerdict[], { view }: Table, send: Shell["send"]): TemplateResult {
  return html`<cb-card ${ref(intoView)}
    >${verdicts.map(({ username, address, finding }) => {
      // Several users may have the same address.
      return findingRow(
        // They sign in with the password until the switch, which the list says, too.
        finding.code === "mailbox_has_password" ? { ...finding, severity: "info" } : finding,
        remedyFor(finding, username === "" ? "" : address, view, send),
        false,
        verdicts.length > 1 && username !== "" ? `${username} · ${address}` : address || username,
      );
    })}</cb-card
  >`;
}

/** Returns the fix. A mailbox that no user in authentik owns is not offered: switching it would lock its owner out. */
function remedyFor(
  finding: Finding,
  address: string,
  { planned }: ReadinessView,
  send: Shell["send"],
): Remedy | undefined {
  if (finding.code === "mailbox_has_password")
    return planned || address === ""
      ? undefined
      : { label: t("switch"), run: () => send({ kind: "ask", question: { kind: "switch", address } }) };
  return remedyOf(finding, (section) => send({ kind: "repair", section }));
}

/** Returns what would let more people sign in. */
function needed({ switchable, planned }: ReadinessView, send: Shell["send"]): TemplateResult | typeof nothing {
  if (switchable === 0) return nothing;
  const go = html`<cb-button slot="action" kind="small" .label=${t("check_go", { section: t("section_switch") })} @click=${() => send({ kind: "go", section: "switch" })}></cb-button>`;
  return html`<cb-notice kind="info" .label=${tn("switch_needed", switchable)}>${t(planned ? "switch_after_saving" : "switch_needed_note")}${planned ? nothing : go}</cb-notice>`;
}

/** Saves everyone with the selected outcome and reason as a table with texts, regardless of the search. */
function saveTable({ core }: Shell): void {
  const found = everyRow((offset, limit) => core.findReadiness("", offset, limit));
  const head = [
    t("readiness_username"),
    t("readiness_name"),
    t("readiness_email"),
    t("readiness_outcome"),
    t("readiness_reason"),
    t("readiness_remedy"),
  ];
  const rows = found.map(({ username, name, email, outcome, finding }) => {
    const { label, remedy } = findingWords(finding);
    return [username, name, email, t(`outcome_${outcome}`), label, remedy];
  });
  saveFile("table", t("readiness_file"), writeTable([head, ...rows]));
}
