/** The section mailcow: what is stored there compared with what is desired, and its form while that is visible. */

import type { FieldRow, Finding, FormSeen, MailcowChoice, MailcowView, MailcowWorkView, View } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { fixText, formFieldText, shownText } from "../text/core";
import { t, tn } from "../text/words";
import type { SignKind } from "../ui/sign";
import { findingCard, findingRow, type Remedy } from "./findings";
import { differenceOf, errorNotice } from "./parts";

/** Returns everything that is known of mailcow. */
export function mailcowView(facts: MailcowView, { view, send }: Shell): TemplateResult {
  const { work, form, registration } = view;
  return html`<h2 class="title">${t("mailcow_title")}</h2>
    <p class="lead">${t(facts.inSync ? "mailcow_lead_same" : "mailcow_lead")}</p>
    ${work.error === undefined ? nothing : errorNotice(work.error)} ${findingCard(facts.findings)} ${standing(facts, view, send)}
    ${form ? formCards(form, send) : nothing} ${registration ? choices(facts, view.choice, send) : nothing} ${settings(facts.rows, work)}`;
}

/** Returns the status of mailcow in one notice. */
function standing(facts: MailcowView, view: View, send: Shell["send"]): TemplateResult {
  const back = facts.canRestore
    ? html`<cb-notice kind="info" .label=${t("mailcow_restorable")}
        >${t("mailcow_restorable_note")}<cb-button slot="action" kind="small" .label=${t("mailcow_restore")} @click=${() => send({ kind: "ask", question: { kind: "restore" } })}></cb-button
      ></cb-notice>`
    : nothing;
  return html`${notice(facts, view, send)}${back}`;
}

function notice(
  facts: MailcowView,
  { work, form, registration }: View,
  send: Shell["send"],
): TemplateResult | typeof nothing {
  if (!registration)
    return html`<cb-notice kind="info" .label=${t("mailcow_unknown")}>${t("mailcow_unknown_note")}</cb-notice>`;
  if (registration.remaining > 0) {
    return html`<cb-notice kind="warning" .label=${t("mailcow_early")}
      >${t("mailcow_early_note")}<cb-button slot="action" kind="small" .label=${t("setup_show")} @click=${() => send({ kind: "plan" })}></cb-button
    ></cb-notice>`;
  }
  if (work.filled) return filledNotice(work.filled, form);
  if (facts.inSync && work.outcome !== "saved")
    return html`<cb-notice kind="good" .label=${t("mailcow_in_sync")}></cb-notice>`;
  if (facts.secretNotCompared && work.outcome !== "saved")
    return html`<cb-notice kind="unknown" .label=${t("mailcow_secret_not_compared")}>${t("mailcow_secret_not_compared_note")}</cb-notice>`;
  return facts.inSync || facts.secretNotCompared || work.outcome !== "saved" ? outcomeNotice(work) : nothing;
}

/** Returns the outcome of the last save. */
export function outcomeNotice({ outcome }: MailcowWorkView): TemplateResult | typeof nothing {
  switch (outcome) {
    case "saved":
      return html`<cb-notice kind="good" .label=${t("mailcow_saved")}></cb-notice>`;
    case "restored":
      return html`<cb-notice kind="good" .label=${t("mailcow_restored")}></cb-notice>`;
    case "differs":
      return html`<cb-notice kind="warning" .label=${t("mailcow_differs")}>${t("mailcow_differs_note")}</cb-notice>`;
    default:
      return nothing;
  }
}

function filledNotice(filled: readonly FieldRow[], form: FormSeen | undefined): TemplateResult {
  const complete = form?.view.complete ?? true;
  return html`<cb-notice kind=${complete ? "good" : "warning"} .label=${tn("mailcow_filled", filled.length)}>${t("mailcow_not_saved")}</cb-notice>
    ${
      filled.length > 0
        ? html`<cb-card
          ><cb-disclosure .label=${t("mailcow_filled_fields")} .summary=${filled.map(({ field }) => formFieldText(field)).join(", ")}>${filled.map(row)}</cb-disclosure></cb-card
        >`
        : nothing
    }`;
}

/** Returns the findings about the current state of the form. */
function formCards(form: FormSeen, send: Shell["send"]): TemplateResult {
  const { view, pair, proving, reach, testing, fixing } = form;
  const aboutReach = (finding: Finding): boolean => finding.code === reach?.code;
  const wrong = form.findings.filter((finding) => finding.severity !== "good" && !aboutReach(finding));
  const remedyOf = (finding: Finding): Remedy | undefined =>
    finding.fix
      ? { label: fixText(finding.fix), run: () => finding.fix && send({ kind: "fix", fix: finding.fix }) }
      : undefined;
  const differing = view.rows.filter(({ comparison }) => comparison === "different");
  return html`${findingCard(wrong, remedyOf, (finding) => isSame(finding.fix, fixing), t("form_title"))}
    <cb-card .heading=${wrong.length === 0 ? t("form_title") : ""}>
      ${wrong.length === 0 ? html`<cb-row sign="good" .label=${t("form_good")}></cb-row>` : nothing}
      ${proving ? html`<cb-row sign="working" .label=${t("form_proving")}></cb-row>` : nothing} ${pair?.severity === "good" ? findingRow(pair, undefined) : nothing}
      ${reach ? findingRow(reach, undefined) : nothing}
      <cb-row .sign=${testing ? "working" : ""} .label=${t("form_test")}
        ><cb-button slot="end" kind="small" ?disabled=${testing} .label=${t(reach ? "form_test_again" : "form_test_run")} @click=${() => send({ kind: "test_connection" })}></cb-button>${t("form_test_note")}</cb-row
      >
    </cb-card>
    ${
      differing.length > 0
        ? html`<cb-card><cb-disclosure .label=${tn("form_differs", differing.length)} .summary=${differing.map(({ field }) => formFieldText(field)).join(", ")}>${differing.map(row)}</cb-disclosure></cb-card>`
        : nothing
    }`;
}

/** Returns whether two fixes do the same. */
function isSame(one: Finding["fix"], other: Finding["fix"]): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function choices(facts: MailcowView, choice: MailcowChoice, send: Shell["send"]): TemplateResult {
  const options = facts.templates.map((name) => ({ value: name, label: name }));
  const decide = (change: Partial<MailcowChoice>): void => send({ kind: "choose", choice: { ...choice, ...change } });
  const creates = facts.rows.some(({ field }) => field === "login_provisioning");
  return html`${
    options.length > 0
      ? html`<cb-select
        .label=${t("mailcow_template")}
        .hint=${t("mailcow_template_hint")}
        .options=${options}
        .value=${choice.defaultTemplate ?? facts.proposedTemplate ?? ""}
        @cb-choose=${({ detail }: CustomEvent<string>) => decide({ defaultTemplate: detail })}
      ></cb-select>`
      : nothing
  }
  ${
    creates
      ? html`<cb-check
        .label=${t("mailcow_create")}
        .note=${t("mailcow_create_note")}
        .checked=${choice.loginProvisioning}
        @cb-check=${({ detail }: CustomEvent<boolean>) => decide({ loginProvisioning: detail })}
      ></cb-check>`
      : nothing
  }`;
}

/** Returns stored and desired settings: the different ones visible, the correct ones folded. */
function settings(rows: readonly FieldRow[], { filled }: MailcowWorkView): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  const unknown = rows.filter(({ comparison }) => comparison === "unknown");
  const different = rows.filter(({ comparison }) => comparison === "different");
  const right = rows.filter(({ comparison }) => comparison === "same");
  const stale = filled !== undefined;
  return html`<cb-card .heading=${t("mailcow_settings")}>
    ${unknown.map(row)}
    ${stale && different.length > 0 ? html`<cb-disclosure .label=${tn("mailcow_different", different.length)}>${different.map(row)}</cb-disclosure>` : different.map(row)}
    ${
      right.length > 0
        ? html`<cb-disclosure .label=${tn("mailcow_right", right.length)} .summary=${right.map(({ field }) => formFieldText(field)).join(", ")}>${right.map(row)}</cb-disclosure>`
        : nothing
    }
  </cb-card>`;
}

function row({ field, before, after, comparison }: FieldRow): TemplateResult {
  const [old, desired] = [shownText(before), shownText(after)];
  const sign: SignKind = old ? (desired ? "change" : "remove") : "create";
  if (comparison === "unknown")
    return html`<cb-row sign="unknown" .label=${formFieldText(field)}>${t("mailcow_secret_unknown")}</cb-row>`;
  if (comparison === "same")
    return html`<cb-row sign="keep" .label=${formFieldText(field)}>${desired?.text ?? t("shown_nothing")}</cb-row>`;
  // Both look empty and still differ: a list that was never stored, or has empty rows.
  if (!old && !desired)
    return html`<cb-row sign="change" .label=${formFieldText(field)}>${t("shown_empty_list")}</cb-row>`;
  return html`<cb-row .sign=${sign} .label=${formFieldText(field)}><cb-diff slot="below" .differences=${[differenceOf("", before, after)]}></cb-diff></cb-row>`;
}
