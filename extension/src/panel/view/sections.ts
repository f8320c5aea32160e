/** The content of each section. */

import type { Section, Product, SetupDraft } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { listed, t } from "../text/words";
import { arrivalsView } from "./arrivals";
import { checkView } from "./check";
import { signInsView } from "./diagnosis";
import { panelLanguage, quotingNotice } from "./language";
import { mailcowView, outcomeNotice } from "./mailcow";
import { maintenanceView } from "./maintenance";
import { lostNotice, errorNotice } from "./parts";
import { switchView } from "./people";
import { passwordFormView } from "./password-form";
import { planView } from "./plan";
import { readinessView } from "./readiness";
import { appliedView, runningView, undoneView } from "./run";
import { setupView } from "./setup";
import { testSignInView } from "./test-sign-in";

/** Returns the content of the current section. */
export function middle(shell: Shell): TemplateResult {
  const { view } = shell;
  const notices = html`${busyNotice(shell)}${quotingNotice()}`;
  switch (view.section) {
    case "setup":
      // Later, the language is one of the options.
      return html`${notices}${setup(shell)}${view.authentik.kind === "absent" ? panelLanguage(shell.speak) : nothing}`;
    case "plan":
      return html`${notices}${view.run.kind === "applied" && view.run.report.error ? nothing : lostNotice("authentik", view.authentik)}${run(shell)}`;
    case "mailcow":
      return html`${notices}${mailcow(shell)}`;
    case "check":
      return html`${notices}${checks(shell)}`;
    case "readiness":
      return html`${notices}${people(shell, () => readinessView(shell))}`;
    case "switch":
      return html`${notices}${people(shell, () => switchView(shell))}`;
    case "arrivals":
      return html`${notices}${people(shell, () => arrivalsView(shell))} ${passwordFormView(shell)}`;
    case "maintain":
      return html`${notices}${maintenanceView(shell)}`;
  }
}

/** Says that a click has no effect while Cowbell is writing elsewhere. */
function busyNotice({ view: { refusal } }: Shell): TemplateResult | typeof nothing {
  if (refusal?.kind !== "busy") return nothing;
  const { host, clicked } = refusal;
  return html`<cb-notice kind="warning" .label=${t("busy_elsewhere", { host })}>${t("busy_elsewhere_note", { clicked })}</cb-notice>`;
}

/** Returns what both sides have stored, the test sign-in, and whose sign-ins failed. */
function checks(shell: Shell): TemplateResult {
  const { check, canCheck, removed } = shell.view;
  const repair = (section: Section): void => shell.send({ kind: "repair", section });
  return html`${removed ? removedView(shell) : checkView(check, canCheck, repair)} ${testSignInView(shell)} ${signInsView(shell, repair)}`;
}

/** Returns a section about people, or why there is nothing to show. */
function people(shell: Shell, view: () => TemplateResult): TemplateResult {
  const { check, canCheck, removed } = shell.view;
  if (removed) return removedView(shell);
  if (!canCheck && check.kind === "none")
    return html`<cb-empty icon="tick" .label=${t("people_none_title")} .text=${t("people_none_text")}></cb-empty>`;
  return view();
}

/** What was removed can only be restored: there is nothing to check. */
function removedView({ send }: Shell): TemplateResult {
  return html`<cb-empty icon="tick" .label=${t("maintenance_removed")} .text=${t("removed_text")}
    ><cb-button .label=${t("check_go", { section: t("place_maintain") })} @click=${() => send({ kind: "go", section: "maintain" })}></cb-button
  ></cb-empty>`;
}

function mailcow(shell: Shell): TemplateResult {
  const { mailcow, mailcowFacts, work, opened } = shell.view;
  if (mailcowFacts) return mailcowView(mailcowFacts, shell);
  switch (mailcow.kind) {
    case "reading":
      return html`<cb-loading .label=${t("reading_mailcow")}></cb-loading>`;
    case "failed":
      return errorNotice(mailcow.error, again(shell, "mailcow"));
    default: {
      // The notice says what to do, unless another tab has been opened since.
      if (mailcow.kind === "lost" && !opened) return html`${outcomeNotice(work)} ${lostNotice("mailcow", mailcow)}`;
      const words = opened ? "mailcow_opened" : "mailcow_none";
      return html`<cb-empty icon="key" .label=${t(`${words}_title`)} .text=${t(`${words}_text`)}></cb-empty>`;
    }
  }
}

function again({ send }: Shell, product: Product): { label: string; run: () => void } {
  return { label: t("retry"), run: () => send({ kind: "retry", product }) };
}

function setup(shell: Shell): TemplateResult {
  const { view, core, send } = shell;
  const { authentik, authentikFacts, refusal, draft, checked, mailcowAllowed, users, planFile } = view;
  if (refusal?.kind === "forbidden") {
    const origins = view.allowedOrigins?.length ? listed(view.allowedOrigins) : "–";
    return html`<cb-empty icon="bell" .label=${t("forbidden_title")} .text=${t("forbidden_text", { origins })}></cb-empty>`;
  }
  if (refusal?.kind === "unknown")
    return html`<cb-empty icon="bell" .label=${t("elsewhere_title")} .text=${t("elsewhere_text")}></cb-empty>`;
  switch (authentik.kind) {
    case "absent":
      return html`<cb-empty icon="bell" .label=${t("empty_title")} .text=${t("empty_text")}></cb-empty>`;
    case "reading":
      return html`<cb-loading .label=${t("reading_authentik")}></cb-loading>`;
    case "failed":
      return errorNotice(authentik.error, again(shell, "authentik"));
    case "lost":
      return html`${lostNotice("authentik", authentik)}`;
    case "live": {
      if (!authentikFacts || !checked) return html``;
      const mailcowTemplates = view.mailcowFacts?.templates ?? [];
      const change = (part: Partial<SetupDraft>): void => send({ kind: "edit", draft: { ...draft, ...part } });
      return setupView(
        { authentik: authentikFacts, draft, checked, mailcowAllowed, users, planFile, mailcowTemplates },
        {
          change,
          find: (text, offset, limit) => core.findUsers(text, "all", offset, limit),
          load: async (file) => send({ kind: "load_plan", text: await file.text() }),
          speak: shell.speak,
        },
      );
    }
  }
}

function run(shell: Shell): TemplateResult {
  const { view, core, send } = shell;
  const { run, users, canUndo, registration, authentik } = view;
  switch (run.kind) {
    case "none":
      if (canUndo)
        return html`<cb-notice kind="info" .label=${t("plan_earlier")}>${t("plan_earlier_note")}</cb-notice>`;
      return html`<cb-empty icon="journal" .label=${t("plan_none_title")} .text=${t("plan_none_text")}
        ><cb-button .label=${t("plan_to_setup")} @click=${() => send({ kind: "go", section: "setup" })}></cb-button
      ></cb-empty>`;
    case "planning":
      return users.kind === "reading" && users.total > 0
        ? html`<cb-progress .label=${t("reading_users")} .done=${users.read} .total=${users.total}></cb-progress>`
        : html`<cb-loading .label=${t("reading_plan")}></cb-loading>`;
    case "planned":
      return planView(run, shell);
    case "running":
      return runningView(run);
    case "applied":
      return appliedView(run.report, authentik.kind === "live", registration, () => core.revealSecret() ?? "");
    case "undone":
      return undoneView(run.report);
    case "failed":
      return errorNotice(run.error, { label: t("retry"), run: () => send({ kind: "plan" }) });
  }
}
