/** Components that no screen of the gallery shows, or not in every state. */

import { html, type TemplateResult } from "lit";

const SIGNS = ["create", "change", "keep", "remove", "good", "info", "unknown", "warning", "fault", "waiting", "working"] as const;
const slash = [
  { label: "In the form", value: "https://authentik.company/application/o/token" },
  { label: "Right", value: "https://authentik.company/application/o/token/" },
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
    <cb-card>
      <cb-finding severity="good" label="Client ID and secret belong together" why="authentik accepted the pair."></cb-finding>
      <cb-finding severity="fault" label="11 mailboxes still sign in with mailcow passwords" why="They are refused. Switching ends IMAP with the old password: app passwords are needed." fix="Fix…"></cb-finding>
      <cb-finding severity="fault" label="The token endpoint lacks the slash at its end" why="mailcow gets no answer it understands, and every sign-in is refused." .facts=${slash} fix="Put it in"></cb-finding>
      <cb-finding severity="warning" label="2 users have capitals in their address" why="Sign-in works; SOGo will show the other spelling." fix="Fix…" busy></cb-finding>
      <cb-finding severity="unknown" label="Whether mailcow trusts the certificate" remedy="Try again in a minute."></cb-finding>
    </cb-card>
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
