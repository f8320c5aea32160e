/** The place mailcow: what is stored there against what is wanted, and its form while it is in sight. */

import type { FieldRow, Finding, MailcowChoice, MailcowView, RegistrationView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import type { FormSeen, Work } from "../state/state";
import { fixText, formFieldText, shownText } from "../text/core";
import { t, tn } from "../text/words";
import type { SignKind } from "../ui/sign";
import { findingCard, findingRow, said, type Remedy } from "./findings";
import { differenceOf, troubleNotice } from "./parts";

export interface MailcowModel {
  view: MailcowView;
  choice: MailcowChoice;
  form: FormSeen | undefined;
  work: Work;
  /** The client that authentik has registered, if it is known. */
  registration: RegistrationView | undefined;
}

/** What can be pressed. */
export interface MailcowActions {
  decide: (change: Partial<MailcowChoice>) => void;
  fix: (finding: Finding) => void;
  test: () => void;
  restore: () => void;
  plan: () => void;
}

/** Everything that is known of mailcow. */
export function mailcowView(model: MailcowModel, act: MailcowActions): TemplateResult {
  const { view, work, form, registration } = model;
  return html`<h2 class="title">${t("mailcow_title")}</h2>
    <p class="lead">${t(view.inSync ? "mailcow_lead_same" : "mailcow_lead")}</p>
    ${work.trouble === undefined ? nothing : troubleNotice(work.trouble)} ${findingCard(view.findings)} ${standing(model, act)}
    ${form ? formCards(form, act) : nothing} ${registration ? choices(model, act) : nothing} ${settings(view.rows, work)}`;
}

/** How mailcow stands, in one notice. */
function standing(model: MailcowModel, act: MailcowActions): TemplateResult {
  const back = model.view.canRestore
    ? html`<cb-notice kind="info" .label=${t("mailcow_restorable")}
        >${t("mailcow_restorable_note")}<cb-button slot="action" kind="small" .label=${t("mailcow_restore")} @click=${act.restore}></cb-button
      ></cb-notice>`
    : nothing;
  return html`${notice(model, act)}${back}`;
}

function notice(
  { view, work, form, registration }: MailcowModel,
  act: MailcowActions,
): TemplateResult | typeof nothing {
  if (!registration)
    return html`<cb-notice kind="info" .label=${t("mailcow_unknown")}>${t("mailcow_unknown_note")}</cb-notice>`;
  if (registration.remaining > 0) {
    return html`<cb-notice kind="warning" .label=${t("mailcow_early")}
      >${t("mailcow_early_note")}<cb-button slot="action" kind="small" .label=${t("setup_show")} @click=${act.plan}></cb-button
    ></cb-notice>`;
  }
  if (work.filled) return filledNotice(work.filled, form);
  if (view.inSync && work.outcome !== "saved")
    return html`<cb-notice kind="good" .label=${t("mailcow_in_sync")}></cb-notice>`;
  return view.inSync || work.outcome !== "saved" ? outcomeNotice(work) : nothing;
}

/** What came of the last save. */
export function outcomeNotice({ outcome }: Work): TemplateResult | typeof nothing {
  switch (outcome) {
    case "saved":
      return html`<cb-notice kind="good" .label=${t("mailcow_saved")}></cb-notice>`;
    case "restored":
      return html`<cb-notice kind="good" .label=${t("mailcow_restored")}></cb-notice>`;
    case "differs":
      return html`<cb-notice kind="warning" .label=${t("mailcow_differs")}>${t("mailcow_differs_note")}</cb-notice>`;
    case undefined:
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

/** What the form says as it stands. */
function formCards(form: FormSeen, act: MailcowActions): TemplateResult {
  const { view, pair, proving, reach, testing, fixing } = form;
  const wrong = said({ ...form, reach: undefined }).filter(({ severity }) => severity !== "good");
  const remedyOf = (finding: Finding): Remedy | undefined =>
    finding.fix ? { label: fixText(finding.fix), act: () => act.fix(finding) } : undefined;
  const differing = view.rows.filter(({ same }) => !same);
  return html`${findingCard(wrong, remedyOf, fixing, t("form_title"))}
    <cb-card .heading=${wrong.length === 0 ? t("form_title") : ""}>
      ${wrong.length === 0 ? html`<cb-row sign="good" .label=${t("form_good")}></cb-row>` : nothing}
      ${proving ? html`<cb-row sign="working" .label=${t("form_proving")}></cb-row>` : nothing} ${pair?.severity === "good" ? findingRow(pair, undefined) : nothing}
      ${reach ? findingRow(reach, undefined) : nothing}
      <cb-row .sign=${testing ? "working" : ""} .label=${t("form_test")}
        ><cb-button slot="end" kind="small" ?disabled=${testing} .label=${t(reach ? "form_test_again" : "form_test_run")} @click=${act.test}></cb-button>${t("form_test_note")}</cb-row
      >
    </cb-card>
    ${
      differing.length > 0
        ? html`<cb-card><cb-disclosure .label=${tn("form_differs", differing.length)} .summary=${differing.map(({ field }) => formFieldText(field)).join(", ")}>${differing.map(row)}</cb-disclosure></cb-card>`
        : nothing
    }`;
}

function choices({ view, choice }: MailcowModel, act: MailcowActions): TemplateResult {
  const options = view.templates.map((name) => ({ value: name, label: name }));
  const creates = view.rows.some(({ field }) => field === "login_provisioning");
  return html`${
    options.length > 0
      ? html`<cb-select
        .label=${t("mailcow_template")}
        .hint=${t("mailcow_template_hint")}
        .options=${options}
        .value=${choice.defaultTemplate ?? view.proposedTemplate ?? ""}
        @cb-choose=${({ detail }: CustomEvent<string>) => act.decide({ defaultTemplate: detail })}
      ></cb-select>`
      : nothing
  }
  ${
    creates
      ? html`<cb-check
        .label=${t("mailcow_create")}
        .note=${t("mailcow_create_note")}
        .checked=${choice.loginProvisioning}
        @cb-check=${({ detail }: CustomEvent<boolean>) => act.decide({ loginProvisioning: detail })}
      ></cb-check>`
      : nothing
  }`;
}

/** Stored and wanted settings: what differs in sight, what is right folded up. */
function settings(rows: readonly FieldRow[], { filled }: Work): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  const different = rows.filter(({ same }) => !same);
  const right = rows.filter(({ same }) => same);
  const stale = filled !== undefined;
  return html`<cb-card .heading=${t("mailcow_settings")}>
    ${stale && different.length > 0 ? html`<cb-disclosure .label=${tn("mailcow_different", different.length)}>${different.map(row)}</cb-disclosure>` : different.map(row)}
    ${
      right.length > 0
        ? html`<cb-disclosure .label=${tn("mailcow_right", right.length)} .summary=${right.map(({ field }) => formFieldText(field)).join(", ")}>${right.map(row)}</cb-disclosure>`
        : nothing
    }
  </cb-card>`;
}

function row({ field, before, after, same }: FieldRow): TemplateResult {
  const [old, wanted] = [shownText(before), shownText(after)];
  const sign: SignKind = same ? "keep" : old ? (wanted ? "change" : "remove") : "create";
  if (same)
    return html`<cb-row .sign=${sign} .label=${formFieldText(field)}>${wanted?.text ?? t("shown_nothing")}</cb-row>`;
  // Both are empty, and yet they differ: a list that was never stored, or has holes.
  if (!old && !wanted)
    return html`<cb-row sign="change" .label=${formFieldText(field)}>${t("shown_empty_list")}</cb-row>`;
  return html`<cb-row .sign=${sign} .label=${formFieldText(field)}><cb-diff slot="below" .differences=${[differenceOf("", before, after)]}></cb-diff></cb-row>`;
}
