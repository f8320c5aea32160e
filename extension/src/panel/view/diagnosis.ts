/** The part "Last failed sign-ins" of the section Check: who, when, how far, why, and what to do. */

import type { Attempt, Section, SignInsView, SignInStep } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { breakable } from "../text/breakable";
import { findingWords, formFieldText } from "../text/core";
import { agoText, momentText } from "../text/time";
import { t, tn } from "../text/words";
import type { StepShown } from "../ui/steps";
import { remedyOf } from "./check";
import { findingCard, type Remedy } from "./findings";
import { switchedView } from "./switched";

const STEPS: readonly SignInStep[] = ["authorize", "code", "token", "userinfo", "mailbox"];

type Go = (section: Section) => void;

/** Returns this part, or nothing without a tab to read in. `go` opens the section where a problem is fixed. */
export function signInsView(shell: Shell, go: Go): TemplateResult | typeof nothing {
  const { signIns, offers } = shell.view;
  const live = offers.explain;
  if (!live && signIns.kind === "none") return nothing;
  const label = t(signIns.kind === "none" ? "signins_explain" : "signins_again");
  const button = html`<cb-button .label=${label} ?disabled=${!live} @click=${() => shell.send({ kind: "explain" })}></cb-button>`;
  const head = html`<h2 class="title section">${t("signins_title")}</h2>`;
  switch (signIns.kind) {
    case "none":
      return html`${head}
        <p class="lead">${t("signins_lead")}</p>
        ${button}`;
    case "explaining":
      return html`${head}<cb-loading .label=${t("signins_explaining")}></cb-loading>`;
    case "done":
      return html`${head}${explained(shell, signIns.view, signIns.atMs / 1_000, go)}${button}`;
  }
}

function explained(shell: Shell, view: SignInsView, now: number, go: Go): TemplateResult {
  const { attempts, silent, findings } = view;
  const remedy = (finding: Attempt["finding"]) => remedyOf(finding, go);
  return html`<div role="status">
      <p class="lead">${attempts.length > 0 ? tn("signins_found", attempts.length) : t("signins_none")} ${othersText(view)}</p>
    </div>
    ${findingCard(findings)} ${switchedView(shell)}
    ${attempts.length > 0 ? html`<cb-card>${attempts.map((attempt) => attemptRow(shell, attempt, now, go))}</cb-card>` : nothing}
    ${findingCard(silent, remedy, undefined, t("signins_silent"))}
    <p class="quiet">${[t("signins_unseen"), ...sinceTexts(view)].filter(Boolean).join(" ")}</p>`;
}

function attemptRow(shell: Shell, attempt: Attempt, now: number, go: Go): TemplateResult {
  const { who, timeS, times, finding, wentThroughSince, isSwitched } = attempt;
  const { label, remedy } = findingWords(finding);
  // What was wrong is mended, or a later sign-in was not refused.
  const isPast = wentThroughSince || isSwitched;
  const where = isPast ? undefined : (switching(shell, attempt) ?? remedyOf(finding, go));
  return html`<cb-row .sign=${isPast ? "info" : finding.severity} .label=${who || t("signins_nobody")}
    ><time datetime=${new Date(1_000 * timeS).toISOString()}>${tn("signins_when", times, { ago: agoText(timeS, now), moment: momentText(timeS) })}</time>
    <div slot="below" class="attempt">
      <cb-steps .steps=${stepsOf(attempt)}></cb-steps>
      <p>${finding.field ? html`<b>${formFieldText(finding.field)}:</b> ` : nothing}${isSwitched ? t("signins_switched") : breakable(label)}</p>
      ${wentThroughSince ? html`<p class="good">${t("signins_since")}</p>` : isPast ? nothing : html`<p class="quiet">${breakable(remedy)}</p>`}
      ${where ? html`<cb-button kind="small" .label=${where.label} .about=${who} @click=${where.run}></cb-button>` : nothing}
    </div></cb-row
  >`;
}

/** The mailbox that caused the refusal can be switched, even if its owner was not selected. */
function switching(shell: Shell, { who, finding }: Attempt): Remedy | undefined {
  const { readiness, offers } = shell.view;
  const can = readiness.kind === "done" ? !readiness.view.planned : offers.testSignIn;
  return can && finding.code === "mailbox_has_password"
    ? { label: t("switch"), run: () => shell.send({ kind: "ask", question: { kind: "switch", address: who } }) }
    : undefined;
}

/** Returns each step of a sign-in and how it ended. */
function stepsOf({ reached, stopped }: Attempt): StepShown[] {
  const passed = reached ? STEPS.indexOf(reached) + 1 : 0;
  const at = stopped ? STEPS.indexOf(stopped) : -1;
  return STEPS.map((step, index) => ({
    name: t(`step_${step}`),
    state: index < passed ? "done" : index === at ? "stopped" : at < 0 ? "open" : "not_reached",
  }));
}

function othersText({ unremarkable }: SignInsView): string {
  return unremarkable ? tn("signins_others", unremarkable) : "";
}

function sinceTexts({ mailcowSinceS, authentikSinceS }: SignInsView): string[] {
  return [
    mailcowSinceS ? t("signins_mailcow_since", { moment: momentText(mailcowSinceS) }) : "",
    authentikSinceS ? t("signins_authentik_since", { moment: momentText(authentikSinceS) }) : "",
  ];
}
