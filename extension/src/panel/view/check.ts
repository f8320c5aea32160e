/** The section Check: what both sides have stored, and what was not read. */

import type { CheckStatus, Finding, Section } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import { t, tn } from "../text/words";
import { findingCard, type Remedy } from "./findings";

/** Returns the result of a check; `live`: whether there is anything to check. `go` opens the section where a problem is fixed. */
export function checkView(check: CheckStatus, live: boolean, go: (section: Section) => void): TemplateResult {
  switch (check.kind) {
    case "none":
      return html`<cb-empty icon="tick" .label=${t(live ? "check_ready_title" : "check_none_title")} .text=${t(live ? "check_ready_text" : "check_none_text")}></cb-empty>`;
    case "checking":
      return html`<cb-loading .label=${t("check_checking")}></cb-loading>`;
    case "done":
      return doneView(check.findings, go);
  }
}

function doneView(findings: readonly Finding[], go: (section: Section) => void): TemplateResult {
  const problems = findings.filter(({ severity }) => severity === "problem").length;
  const unknown = findings.some(({ severity }) => severity === "unknown");
  const title = problems > 0 ? tn("check_problems", problems) : t(unknown ? "check_partly" : "check_good");
  const wrong = findings.filter(({ severity }) => severity !== "good");
  const right = findings.filter(({ severity }) => severity === "good");
  return html`<div role="status"><h2 class="title">${title}</h2></div>
    <p class="lead">${t("check_lead")}</p>
    ${findingCard(wrong, (finding) => remedyOf(finding, go))} ${findingCard(right)}`;
}

/** Returns the section where a finding is fixed, if there is one, according to the core's catalogue. */
export function remedyOf({ fixedIn }: Finding, go: (section: Section) => void): Remedy | undefined {
  return fixedIn && { label: t("check_go", { section: t(`section_${fixedIn}`) }), run: () => go(fixedIn) };
}
