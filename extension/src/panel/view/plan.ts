/** The section Plan: what will change, what is changing, what has changed. */

import type { Change, Choice, PlanView, RunView, UserCounts, UserFilter } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { objectFieldText, objectName, remarkText, timeText } from "../text/core";
import { t, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import type { SignKind } from "../ui/sign";
import { groupFor } from "./model";
import { credentials, differenceOf, missingNotice } from "./parts";
import { planText } from "./plan-text";

const SIGN: Record<Change["action"], SignKind> = { create: "create", update: "change", keep: "keep" };

/** Returns a plan for review before it is applied. */
export function planView({ plan, outdated }: Extract<RunView, { kind: "planned" }>, shell: Shell): TemplateResult {
  const { authentikFacts, draft, registration } = shell.view;
  if (outdated)
    return html`<cb-notice kind="warning" .label=${t("plan_outdated")}>${t("plan_outdated_note")}</cb-notice>`;
  if (plan.writes === 0) {
    return html`<cb-notice kind="good" .label=${t("plan_done_title")}>${t("plan_done_text")}</cb-notice>${registration ? credentials(registration, () => shell.core.revealSecret() ?? "") : nothing}${keptCard(plan.changes)}`;
  }
  const group = authentikFacts && groupFor(authentikFacts, draft);
  const { create, update, keep, users } = plan.totals;
  const totals = [
    { sign: "create", count: create, word: t("plan_create") },
    { sign: "change", count: update, word: t("plan_change") },
    { sign: "keep", count: keep, word: t("plan_keep") },
    { sign: "change", count: users, word: tn("plan_users", users) },
  ].filter(({ count }) => count > 0);
  const note = users > 0 ? t("plan_note_time", { time: timeText(plan.seconds) }) : t("plan_note");
  return html`${missingNotice(t("plan_missing"), t("plan_missing_note"), plan.missingPermissions)}<cb-summary .totals=${totals} .note=${note}></cb-summary>
    ${plan.groupRecommended && group ? groupNotice(plan, group, shell) : nothing}
    ${plan.changes.filter(({ kind, action }) => kind !== "users" && action !== "keep").map((change) => html`<cb-card>${changeRow(change)}</cb-card>`)}
    ${usersCard(plan.users, shell)} ${keptCard(plan.changes)}
    <cb-card><cb-secret .label=${t("plan_text")} .shown=${t("plan_text_note")} .value=${() => planText(plan)}></cb-secret
      ><cb-row .label=${t("plan_file_save")}><cb-button slot="end" kind="small" .label=${t("save_file")} .about=${t("plan_file_save")} @click=${() => savePlan(shell)}></cb-button>${t("plan_file_save_note")}</cb-row></cb-card
    >`;
}

function groupNotice({ seconds }: PlanView, { key, name, detail }: Choice, { send }: Shell): TemplateResult {
  return html`<cb-notice kind="info" .label=${t("plan_group_recommended", { time: timeText(seconds) })}
    >${t("plan_group_recommended_note", { group: name, members: tn("groups_members", Number(detail)) })}<cb-button
      slot="action"
      kind="small"
      .label=${t("plan_group_use")}
      @click=${() => send({ kind: "plan_with_group", group: key })}
    ></cb-button
  ></cb-notice>`;
}

function changeRow(change: Change): TemplateResult {
  const tag =
    change.action === "update" ? t("action_update", { count: change.fields.length }) : t(`action_${change.action}`);
  return html`<cb-row .sign=${SIGN[change.action]} .label=${objectName(change)} .tag=${tag}>
    ${change.remarks.map((remark) => html`<div>${remarkText(remark)}</div>`)}
    ${change.fields.length > 0 ? html`<cb-diff slot="below" .differences=${change.fields.map(({ field, before, after }) => differenceOf(objectFieldText(field), before, after))}></cb-diff>` : nothing}
  </cb-row>`;
}

function keptCard(changes: readonly Change[]): TemplateResult | typeof nothing {
  const kept = changes.filter(({ kind, action }) => kind !== "users" && action === "keep");
  if (kept.length === 0) return nothing;
  return html`<cb-card>${kept.map(changeRow)}</cb-card>`;
}

const LEFT_OUT = ["noEmail", "inactive", "serviceAccount", "external"] as const;
const LEFT_TEXT = {
  noEmail: "skipped_no_email",
  inactive: "skipped_inactive",
  serviceAccount: "skipped_service_account",
  external: "skipped_external",
} as const;

function usersCard(users: UserCounts, shell: Shell): TemplateResult | typeof nothing {
  const { listing } = shell.view;
  const left = LEFT_OUT.reduce((sum, reason) => sum + users[reason], 0);
  if (users.change + users.keep + left === 0) return nothing;
  const why = LEFT_OUT.filter((reason) => users[reason] > 0).map((reason) =>
    t(LEFT_TEXT[reason], { count: users[reason] }),
  );
  return html`<cb-card>
    ${
      users.change > 0
        ? html`<cb-row sign="change" .label=${tn("plan_users_change", users.change)}>
          ${t("plan_users_note")} ${users.repair > 0 ? t("plan_users_repair", { count: users.repair }) : nothing} ${listButton("changed", shell)}
        </cb-row>`
        : nothing
    }
    ${users.keep > 0 ? html`<cb-row sign="keep" .label=${tn("plan_users_keep", users.keep)}>${listButton("kept", shell)}</cb-row>` : nothing}
    ${left > 0 ? html`<cb-row sign="keep" .label=${tn("plan_users_skipped", left)}>${why.join(" · ")}${listButton("left_out", shell)}</cb-row>` : nothing}
    ${listing ? html`<div class="inset"><cb-list .label=${t("users")} .source=${source(listing, shell)}></cb-list></div>` : nothing}
  </cb-card>`;
}

function listButton(filter: UserFilter, { view, send }: Shell): TemplateResult {
  const open = filter === view.listing;
  return html`<cb-button slot="end" kind="small" .label=${t(open ? "plan_list_close" : "plan_list")} @click=${() => send({ kind: "list", filter: open ? undefined : filter })}></cb-button>`;
}

function source(filter: UserFilter, { core }: Shell): ListSource {
  return (query, offset, limit) => {
    const { total, rows } = core.findUsers(query, filter, offset, limit);
    return {
      total,
      rows: rows.map((user) => ({
        id: String(user.pk),
        label: user.name || user.username,
        note: user.email || user.username,
        tag: t(`decision_${user.decision}`),
      })),
    };
  };
}

/** Saves the draft as a file, for someone with more permissions. It contains no secret. */
function savePlan({ core }: Shell): void {
  const text = core.planFile();
  if (text !== undefined) saveFile("plan", "cowbell-plan.json", text);
}
