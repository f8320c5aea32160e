/** The place Check: what both sides have stored, and what was not looked at. */

import type { Code, Finding } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import type { Check, PlaceName } from "../state/state";
import { t, tn } from "../text/words";
import { findingCard, type Remedy } from "./findings";
import { troubleNotice } from "./parts";

/** What a plan mends. */
const AT_AUTHENTIK: ReadonlySet<Code> = new Set<Code>([
  ...([
    "provider_differs",
    "client_missing",
    "pair_grant_type_missing",
    "pair_public_client",
    "pair_origin_not_registered",
  ] as const),
  ...(["scope_not_mapped", "mapping_fails", "email_claim_missing"] as const),
]);

/** What other choices mend. */
const IN_SETUP: ReadonlySet<Code> = new Set<Code>(["provider_not_compared", "not_let_on", "access_denied"]);

/** What filling the form mends. */
const IN_MAILCOW: ReadonlySet<Code> = new Set<Code>([
  ...([
    "settings_differ",
    "settings_missing",
    "stored_mapping_broken",
    "scope_email_missing",
    "scope_openid_missing",
  ] as const),
  ...([
    "auto_create_off",
    "template_none",
    "template_missing",
    "default_template_empty",
    "login_provisioning_off",
  ] as const),
]);

/** The result of a check; `live`: whether there is anything to check. `go` leads to the place where a fault is mended. */
export function checkView(check: Check, live: boolean, go: (place: PlaceName) => void): TemplateResult {
  switch (check.kind) {
    case "none":
      return html`<cb-empty icon="tick" .label=${t(live ? "check_ready_title" : "check_none_title")} .text=${t(live ? "check_ready_text" : "check_none_text")}></cb-empty>`;
    case "checking":
      return html`<cb-loading .label=${t("check_checking")}></cb-loading>`;
    case "faulty":
      return troubleNotice(check.trouble);
    case "done":
      return doneView(check.findings, go);
  }
}

function doneView(findings: readonly Finding[], go: (place: PlaceName) => void): TemplateResult {
  const faults = findings.filter(({ severity }) => severity === "fault").length;
  const unknown = findings.some(({ severity }) => severity === "unknown");
  const title = faults > 0 ? tn("check_faults", faults) : t(unknown ? "check_partly" : "check_good");
  const wrong = findings.filter(({ severity }) => severity !== "good");
  const right = findings.filter(({ severity }) => severity === "good");
  return html`<div role="status"><h2 class="title">${title}</h2></div>
    <p class="lead">${t("check_lead")}</p>
    ${findingCard(wrong, (finding) => remedyOf(finding, go))} ${findingCard(right)}`;
}

/** Everything about a field is mended in the form, the rest of authentik by the plan. */
export function remedyOf({ code, field }: Finding, go: (place: PlaceName) => void): Remedy | undefined {
  const to = (place: PlaceName): Remedy => ({
    label: t("check_go", { place: t(`place_${place}`) }),
    act: () => go(place),
  });
  if (IN_SETUP.has(code)) return to("setup");
  if (AT_AUTHENTIK.has(code)) return to("plan");
  return field !== undefined || IN_MAILCOW.has(code) ? to("mailcow") : undefined;
}
