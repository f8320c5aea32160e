/** Maintenance: rotate the client secret, export the integration, remove it. */

import type { Question } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Shell } from "../shell";
import { t } from "../text/words";
import { findingCard } from "./findings";
import { type Export, saveExport } from "./export";
import { intoView, errorNotice } from "./parts";

const EXPORTS: readonly Export[] = ["report", "blueprint", "terraform", "mailcow_api"];

/** Returns this section. Before there is a client it says what belongs here. */
export function maintenanceView(shell: Shell): TemplateResult {
  const { maintenance, registration } = shell.view;
  const { task, findings, error, outcome, canRestore, isReady, bothLive } = maintenance;
  const ask = (kind: "rotate" | "remove"): void => shell.send({ kind: "ask", question: { kind } satisfies Question });
  if (!registration && !canRestore && error === undefined)
    return html`<cb-empty icon="journal" .label=${t("maintenance_none_title")} .text=${t("maintenance_none_text")}></cb-empty>`;
  const said = html`${error === undefined ? nothing : errorNotice(error)} ${findingCard(findings)}
    ${outcome === undefined ? nothing : html`<cb-notice kind="good" .label=${t(`maintenance_${outcome}`)}></cb-notice>`}
    ${
      canRestore
        ? html`<cb-notice kind="info" .label=${t("restore_removed")}
          >${t("restore_removed_note")}<cb-button slot="action" kind="small" ?disabled=${!isReady} .label=${t(task === "restore_removed" ? "restoring_removed" : "restore_removed_run")} @click=${() => shell.send({ kind: "restore_removed" })}></cb-button
        ></cb-notice>`
        : nothing
    }`;
  return html`<h2 class="title">${t("maintenance_title")}</h2>
    ${
      registration
        ? html`<cb-card>
          ${exports(shell)}
          <cb-row .sign=${task === "rotate" ? "working" : ""} .label=${t("rotate")}
            ><cb-button slot="end" kind="small" ?disabled=${!isReady} .label=${t(task === "rotate" ? "rotating" : "rotate_run")} @click=${() => ask("rotate")}></cb-button>${t(bothLive ? "rotate_note" : "maintenance_needs")}</cb-row
          >
          <cb-row .sign=${task === "remove" ? "working" : ""} .label=${t("remove")}
            ><cb-button slot="end" kind="small" ?disabled=${!isReady} .label=${t(task === "remove" ? "removing" : "remove_run")} @click=${() => ask("remove")}></cb-button>${t(bothLive ? "remove_note" : "maintenance_needs")}</cb-row
          >
        </cb-card>`
        : nothing
    }
    <div role="status">${error === undefined && findings.length === 0 && outcome === undefined && !canRestore ? nothing : html`<div ${ref(intoView)}>${said}</div>`}</div>`;
}

function exports(shell: Shell): TemplateResult {
  return html`<cb-disclosure .label=${t("export")} .summary=${EXPORTS.map((what) => t(`export_${what}`)).join(", ")}>
    <p class="quiet">${t("export_note")}</p>
    ${EXPORTS.map(
      (what) =>
        html`<cb-row .label=${t(`export_${what}`)}
          ><cb-button slot="end" kind="small" .label=${t("save_file")} .about=${t(`export_${what}`)} @click=${() => saveExport(shell, what)}></cb-button>${t(`export_${what}_note`)}</cb-row
        >`,
    )}
  </cb-disclosure>`;
}
