/** Components that no screen of the gallery shows, or not in every state. */

import type { Finding } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import { fixText } from "../panel/text/core";
import { findingCard } from "../panel/view/findings";

const SIGNS = ["create", "change", "keep", "remove", "good", "info", "unknown", "warning", "fault", "waiting", "working"] as const;
const findings: readonly Finding[] = [
  { code: "pair_right", severity: "good", evidence: [] },
  { code: "surrounding_space", severity: "fault", field: "client_secret", evidence: [], fix: { kind: "clean_field", field: "client_secret" } },
  {
    code: "endpoint_differs",
    severity: "fault",
    field: "token_url",
    evidence: [{ name: "expected", value: "https://authentik.company/application/o/token/" }],
    fix: { kind: "set_field", field: "token_url", value: "https://authentik.company/application/o/token/" },
  },
  { code: "login_provisioning_off", severity: "warning", field: "login_provisioning", evidence: [] },
  { code: "pair_no_answer", severity: "unknown", evidence: [] },
  { code: "scopes_empty", severity: "info", field: "client_scopes", evidence: [] },
];

export function pieces(): TemplateResult {
  return html`<cb-frame place="Check">
    <cb-chip slot="chips" state="faulty" name="authentik" host="authentik.company"></cb-chip>
    <cb-chip slot="chips" state="lost" name="mailcow" host="a-very-long-host-name.mailcow.company.example"></cb-chip>
    <cb-tabs
      slot="tabs"
      label="Places"
      value="check"
      .places=${[
        { value: "setup", label: "Set up" },
        { value: "plan", label: "Plan", badge: { text: "3", heard: "3 changes" } },
        { value: "mailcow", label: "mailcow", badge: { text: "1", heard: "1 warning", tone: "warn" } },
        { value: "check", label: "Check", badge: { text: "2", heard: "2 faults", tone: "bad" } },
      ]}
    ></cb-tabs>
    ${findingCard(findings, ({ fix }) => (fix ? { label: fixText(fix), act: () => undefined } : undefined), findings[1])}
    <cb-card heading="Signs">${SIGNS.map((sign) => html`<cb-row .sign=${sign} .label=${sign}></cb-row>`)}</cb-card>
    <cb-card heading="Buttons">
      <cb-row label="Small"><cb-button slot="end" kind="small" label="List"></cb-button></cb-row>
      <cb-row label="Main"><cb-button slot="end" kind="main" label="Apply"></cb-button></cb-row>
      <cb-row label="Disabled"><cb-button slot="end" disabled label="Apply"></cb-button></cb-row>
      <cb-row label="Danger"><cb-button slot="end" kind="danger" label="Remove"></cb-button></cb-row>
    </cb-card>
    <cb-check label="Ignore SSL errors" note="mailcow then trusts every certificate."></cb-check>
    <cb-progress label="Reading users"></cb-progress>
  </cb-frame>`;
}
