/** A run in progress, and its report. */

import type { Finding, Progress, RegistrationView, ReportView, RunView, UndoView, UserIssue } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { breakable } from "../text/breakable";
import { skipReasonText, objectName, reasonText, timeText, findingWords } from "../text/core";
import { t, tn } from "../text/words";
import { credentials, partRows, errorNotice } from "./parts";

type Running = Extract<RunView, { kind: "running" }>;

/** Returns the progress of objects and users, and the remaining time. */
export function runningView({ direction, progress, cancelling }: Running): TemplateResult {
  const { parts, usersDone, usersTotal } = progress;
  const objects = parts.filter(({ kind }) => kind !== "users");
  const done = objects.filter(({ state }) => state !== "waiting" && state !== "running").length;
  const label = cancelling ? t("run_cancelling") : t(direction === "apply" ? "run_applying" : "run_undoing");
  return html`<cb-progress .label=${label} .done=${done + usersDone} .total=${objects.length + usersTotal} .note=${speedNote(progress)}></cb-progress>
    ${obstacleNotice(progress)}
    <cb-card>${partRows(progress)}</cb-card>`;
}

/** Returns what prevents users from being written. */
function obstacleNotice({ obstacle }: Progress): TemplateResult | typeof nothing {
  return obstacle ? errorNotice(obstacle) : nothing;
}

function speedNote({ usersDone, usersTotal, usersElapsedMs }: Running["progress"]): string {
  const perSecond = usersElapsedMs > 0 ? (1000 * usersDone) / usersElapsedMs : 0;
  if (perSecond === 0 || usersDone >= usersTotal) return t("run_note");
  const speed = perSecond >= 10 ? Math.round(perSecond) : Math.round(10 * perSecond) / 10;
  return t("run_speed", { speed, time: timeText((usersTotal - usersDone) / perSecond) });
}

/**
 * Returns what was done, what was not and why, and the values for mailcow. `live`: whether authentik's tab is there to continue
 * in.
 */
export function appliedView(
  report: ReportView,
  live: boolean,
  registration: RegistrationView | undefined,
  secret: () => string,
): TemplateResult {
  return html`${report.error ? stopped(report.error, live) : outcome(report)}
    ${obstacleNotice(report.progress)}
    ${registration && isRegistered(report) ? credentials(registration, secret) : nothing} ${issueCard(report.issues)}
    <cb-card .heading=${t("done_objects")}>${partRows(report.progress)}</cb-card>`;
}

/** Returns whether the client is registered in authentik as mailcow needs it. */
function isRegistered({ progress }: ReportView): boolean {
  return progress.parts.every(({ kind, state }) => kind !== "provider" || state === "done" || state === "kept");
}

/** Returns why a run ended early, and how to continue once there is a tab. */
function stopped(error: Finding, live: boolean): TemplateResult {
  const { label, remedy } = findingWords(error);
  const tabGone = error.code === "send_tab_gone";
  const why = live && tabGone ? nothing : html`${breakable(`${label} ${remedy}`)}<br />`;
  return html`<cb-notice kind="warning" .label=${t("done_stopped")}>${why}${t("done_listed")} ${live ? t("done_go_on") : nothing}</cb-notice>`;
}

function outcome({ inSync, issues }: ReportView): TemplateResult {
  return inSync
    ? html`<cb-notice kind="good" .label=${t("done_all")}></cb-notice>`
    : html`<cb-notice kind="warning" .label=${t("done_some")}>${issues.length > 0 ? tn("done_issues", issues.length) : nothing}</cb-notice>`;
}

/** Returns what was undone, and what was skipped. */
export function undoneView({ error, skipped, issues, progress }: UndoView): TemplateResult {
  return html`${error ? errorNotice(error) : html`<cb-notice kind="good" .label=${t("undo_done")}></cb-notice>`}
    ${
      skipped.length > 0
        ? html`<cb-card .heading=${t("undo_skipped")}>
          ${skipped.map(
            ({ kind, name, reason }) =>
              html`<cb-row sign="warning" .label=${objectName({ kind, name })}
                >${skipReasonText(reason)}</cb-row
              >`,
          )}
        </cb-card>`
        : nothing
    }
    ${obstacleNotice(progress)} ${issueCard(issues)}
    <cb-card .heading=${t("undo_objects")}>${partRows(progress)}</cb-card>`;
}

function issueCard(issues: readonly UserIssue[]): TemplateResult | typeof nothing {
  if (issues.length === 0) return nothing;
  const source = (query: string, offset: number, limit: number) => {
    const found = issues.filter(({ username }) => username.toLowerCase().includes(query.toLowerCase()));
    const rows = found.slice(offset, offset + limit).map(({ pk, username, reason }) => ({
      id: String(pk),
      label: username,
      note: reasonText(reason),
      sign: "problem" as const,
    }));
    return { total: found.length, rows };
  };
  if (issues.length > 5)
    return html`<cb-card .heading=${t("done_not")}><div class="inset"><cb-list .label=${t("users")} .source=${source}></cb-list></div></cb-card>`;
  return html`<cb-card .heading=${t("done_not")}>${issues.map(({ username, reason }) => html`<cb-row sign="problem" .label=${username}>${reasonText(reason)}</cb-row>`)}</cb-card>`;
}
