import { html } from "lit";
import { authentik, type Screen } from "./screen";

const signs = ["create", "change", "keep", "remove", "good", "info", "unknown", "warning", "fault", "waiting", "working"] as const;

export const controls: readonly Screen[] = [
  {
    name: "controls",
    place: "check",
    chips: html`${authentik}<cb-chip slot="chips" state="lost" name="mailcow" version="2026-07" host="a-very-long-host-name.mailcow.company.example"></cb-chip>`,
    badges: { plan: { badge: { text: "3", heard: "3 changes" } }, mailcow: { badge: { text: "1", heard: "1 warning", tone: "warn" } } },
    main: () => html`<cb-card heading="Signs">${signs.map((sign) => html`<cb-row .sign=${sign} .label=${sign}></cb-row>`)}</cb-card>
      <cb-card heading="Buttons">
        <cb-row label="Buttons"><cb-button slot="end" kind="small" label="Small"></cb-button></cb-row>
        <cb-row label="Disabled"><cb-button slot="end" kind="main" disabled label="Disabled"></cb-button></cb-row>
        <cb-row label="Danger"><cb-button slot="end" kind="danger" label="Remove"></cb-button></cb-row>
      </cb-card>
      <cb-progress label="Reading users" note="Page 3"></cb-progress>
      <cb-diff .differences=${[{ label: "gone", before: "https://authentik.company/application/o/authorize/with/a/very/long/path/without/blanks" }]}></cb-diff>`,
  },
];
