/** Findings, the gravest first. */

import type { Finding, Fix, Severity } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { findingWords, fixText, formFieldText } from "../text/core";

const GRAVITY: readonly Severity[] = ["fault", "warning", "unknown", "info", "good"];

/** One card: everything that is not in order on top. `fixing` is the finding whose remedy is under way. */
export function findingCard(findings: readonly Finding[], fixing: Finding | undefined, fix: (fix: Fix, finding: Finding) => void): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  const sorted = findings.toSorted((one, other) => GRAVITY.indexOf(one.severity) - GRAVITY.indexOf(other.severity));
  return html`<cb-card>${sorted.map((finding) => findingRow(finding, finding === fixing, fix))}</cb-card>`;
}

function findingRow(finding: Finding, busy: boolean, act: (fix: Fix, finding: Finding) => void): TemplateResult {
  const { severity, field, fix } = finding;
  const { label, remedy } = findingWords(finding);
  return html`<cb-finding
    .severity=${severity}
    .subject=${field ? formFieldText(field) : ""}
    .label=${label}
    .remedy=${severity === "good" ? "" : remedy}
    .fix=${fix ? fixText(fix) : ""}
    .busy=${busy}
    @cb-fix=${fix ? () => act(fix, finding) : nothing}
  ></cb-finding>`;
}
