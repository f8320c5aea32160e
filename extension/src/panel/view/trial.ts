/** A sign-in that somebody tries now. */

import { html, nothing, type TemplateResult } from "lit";
import type { Panel } from "../act/panel";
import { stopTrial, tryNow } from "../act/trial";
import { t } from "../text/words";

/** The row with the button, and how it went. Nothing unless both logs can be read and mailcow has an identity provider. */
export function trialView(panel: Panel): TemplateResult | typeof nothing {
  const { trial, mailcow } = panel.store.state;
  if (panel.tabs.live().length < 2 || mailcow.kind !== "live" || mailcow.view.provider === "") return nothing;
  const watching = trial?.kind === "watching";
  return html`<cb-card class="section"
      ><cb-row .sign=${watching ? "working" : ""} .label=${t("trial")}
        ><cb-button slot="end" kind="small" .label=${t(watching ? "cancel" : "trial_run")} .about=${watching ? t("trial") : ""} @click=${() => (watching ? stopTrial(panel) : void tryNow(panel))}></cb-button
        >${t(watching ? "trial_watching" : "trial_note")}</cb-row
      >
      ${watching && trial.closed ? html`<cb-secret .label=${t("trial_closed")} .shown=${trial.url} .value=${() => trial.url}></cb-secret>` : nothing}
    </cb-card>
    <div role="status">
      ${trial && trial.kind !== "watching" ? html`<cb-notice kind=${trial.kind === "passed" ? "good" : trial.kind === "refused" ? "fault" : "info"} .label=${t(`trial_${trial.kind}`)}>${t(`trial_${trial.kind}_note`)}</cb-notice>` : nothing}
    </div>`;
}
