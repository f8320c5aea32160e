/** Findings, the gravest first. */

import type { Finding, Severity } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { findingWords, formFieldText } from "../text/core";

const GRAVITY: readonly Severity[] = ["problem", "warning", "unknown", "info", "good"];

/** What can be pressed beside a finding. */
export interface Remedy {
  label: string;
  run: () => void;
}

/** The gravest of several findings. */
export function gravest<F extends Finding>(findings: readonly [F, ...F[]] | readonly F[]): F {
  return byGravity(findings)[0] as F;
}

/** The gravest first, those of one gravity in their order. */
function byGravity<F extends Finding>(findings: readonly F[]): F[] {
  return findings.toSorted((one, other) => GRAVITY.indexOf(one.severity) - GRAVITY.indexOf(other.severity));
}

/** One card: everything that is not in order on top. `isBusy` tells whose remedy is under way. */
export function findingCard(
  findings: readonly Finding[],
  remedyOf: (finding: Finding) => Remedy | undefined = () => undefined,
  isBusy: (finding: Finding) => boolean = () => false,
  heading = "",
): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  return html`<cb-card .heading=${heading}>${byGravity(findings).map((finding) => findingRow(finding, remedyOf(finding), isBusy(finding)))}</cb-card>`;
}

/** One finding. `about` is whose it is, where no field is. */
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
