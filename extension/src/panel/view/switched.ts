/** What has become of mailboxes that were switched: while they are, and afterwards. Shown wherever a switch can be asked for. */

import type { Question, ReadinessView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import type { Shell } from "../shell";
import { t, tn } from "../text/words";
import { findingCard } from "./findings";
import { errorNotice, intoView } from "./parts";
import type { Table } from "./table";

/** Returns the running or the last switch, and what can be switched back; nothing without a table. */
export function switchedView(shell: Shell): TemplateResult | typeof nothing {
  const { readiness } = shell.view;
  if (readiness.kind !== "done") return nothing;
  const { switching, switched } = readiness;
  return html`${switching ? html`<cb-progress .label=${t("switching")} .done=${switching.done} .total=${switching.total}></cb-progress>` : nothing}
    <div role="status">${switching ? nothing : keyed(JSON.stringify(switched), result(readiness, shell))}</div>`;
}

function result({ view, switched: last }: Table, { send, view: { section } }: Shell): TemplateResult {
  const { direction, result: ended } = last ?? {};
  // It may have been requested far below.
  return html`<div ${ended ? ref(intoView) : nothing}>${ended?.error ? errorNotice(ended.error) : nothing}
  ${direction === "back" && ended && ended.done > 0 ? html`<cb-notice kind="good" .label=${tn("switched_back", ended.done)}></cb-notice>` : nothing}
  ${direction === "switch" && ended && !ended.error && ended.done + ended.left + ended.unverified === 0 ? html`<cb-notice kind="info" .label=${t("switched_none")}></cb-notice>` : nothing}
  ${view.switched > 0 ? html`<cb-notice kind="good" .label=${tn("switched", view.switched)}>${t("switched_note")}${backButtons(view, send)}${section === "arrivals" ? nothing : arrivedButton(send)}</cb-notice>` : nothing}
  ${view.elsewhere.map(({ mailcow, count }) => html`<cb-notice kind="info" .label=${tn("switched_elsewhere", count, { mailcow })}>${t("switched_elsewhere_note")}</cb-notice>`)}
  ${ended && ended.unverified > 0 ? html`<cb-notice kind="warning" .label=${tn("switch_unverified", ended.unverified)}>${t("switch_unverified_note")}</cb-notice>` : nothing}
  ${ended ? findingCard(ended.findings, undefined, undefined, tn("switch_left", ended.left)) : nothing}</div>`;
}

/** Returns the buttons that ask to switch back: all, and the last wave if there was one before it. */
function backButtons({ switched, lastWave }: ReadinessView, send: Shell["send"]): TemplateResult {
  const button = (label: string, question: Question): TemplateResult =>
    html`<cb-button slot="action" kind="small" .label=${label} @click=${() => send({ kind: "ask", question })}></cb-button>`;
  const all: Question = { kind: "switch_back", address: "" };
  return lastWave < switched
    ? html`${button(tn("switch_undo_last", lastWave), { kind: "switch_back_wave" })}${button(tn("switch_undo_all", switched), all)}`
    : button(t("switch_undo"), all);
}

function arrivedButton(send: Shell["send"]): TemplateResult {
  return html`<cb-button slot="action" kind="small" .label=${t("check_go", { section: t("section_arrivals") })} @click=${() => send({ kind: "go", section: "arrivals" })}></cb-button>`;
}
