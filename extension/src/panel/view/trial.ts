/** A sign-in that somebody tries now. */

import { html, nothing, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { t } from "../text/words";

/** The row with the button, and how it went. Nothing where no sign-in can be tried. */
export function trialView({ view: { trial, offers }, send }: Shell): TemplateResult | typeof nothing {
  if (!offers.trial) return nothing;
  const watching = trial?.kind === "watching";
  return html`<cb-card class="section"
      ><cb-row .sign=${watching ? "working" : ""} .label=${t("trial")}
        ><cb-button slot="end" kind="small" .label=${t(watching ? "cancel" : "trial_run")} .about=${watching ? t("trial") : ""} @click=${() => send({ kind: watching ? "stop_trial" : "try_sign_in" })}></cb-button
        >${t(watching ? "trial_watching" : "trial_note")}</cb-row
      >
      ${watching && trial.closed ? html`<cb-secret .label=${t("trial_closed")} .shown=${trial.url} .value=${() => trial.url}></cb-secret>` : nothing}
    </cb-card>
    <div role="status">
      ${trial && trial.kind !== "watching" ? html`<cb-notice kind=${trial.kind === "passed" ? "good" : trial.kind === "refused" ? "fault" : "info"} .label=${t(`trial_${trial.kind}`)}>${t(`trial_${trial.kind}_note`)}</cb-notice>` : nothing}
    </div>`;
}
