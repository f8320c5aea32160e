/** Findings, most severe first. */

import type { Finding, Severity } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { findingWords, formFieldText } from "../text/core";

const GRAVITY: readonly Severity[] = ["problem", "warning", "unknown", "info", "good"];

/** A button beside a finding. */
export interface Remedy {
  label: string;
  run: () => void;
}

/** Returns the most severe of several findings. */
export function gravest<F extends Finding>(findings: readonly [F, ...F[]] | readonly F[]): F {
  return byGravity(findings)[0] as F;
}

/** Sorts by severity, most severe first; findings of one severity keep their order. */
function byGravity<F extends Finding>(findings: readonly F[]): F[] {
  return findings.toSorted((one, other) => GRAVITY.indexOf(one.severity) - GRAVITY.indexOf(other.severity));
}

/** Returns a card with all findings, problems on top. `isBusy` tells whose fix is in progress. */
export function findingCard(
  findings: readonly Finding[],
  remedyOf: (finding: Finding) => Remedy | undefined = () => undefined,
  isBusy: (finding: Finding) => boolean = () => false,
  heading = "",
): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  return html`<cb-card .heading=${heading}>${byGravity(findings).map((finding) => findingRow(finding, remedyOf(finding), isBusy(finding)))}</cb-card>`;
}

/** Returns one finding. `about` is whom it concerns, if it is not about a field. */
export function findingRow(finding: Finding, remedy: Remedy | undefined, busy = false, about = ""): TemplateResult {
  const { severity, field } = finding;
  const words = findingWords(finding);
  return html`<cb-finding
    .severity=${severity}
    .subject=${field ? formFieldText(field) : about}
    .label=${words.label}
    .remedy=${severity === "good" ? "" : words.remedy}
    .fix=${remedy?.label ?? ""}
    .busy=${busy}
    @cb-fix=${remedy?.run ?? nothing}
  ></cb-finding>`;
}
