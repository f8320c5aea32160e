/** After set-up: a new client secret, the integration for other tools, and its end. */

import type { RegistrationView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Handover } from "../act/life";
import type { Life } from "../state/state";
import { t } from "../text/words";
import { findingCard } from "./findings";
import { intoView, troubleNotice } from "./parts";

export interface LifeModel {
  life: Life;
  registration: RegistrationView | undefined;
  /** Whether both products can be written to. */
  both: boolean;
}

/** What can be pressed. */
export interface LifeActions {
  rotate: () => void;
  remove: () => void;
  putBack: () => void;
  handOver: (what: Handover) => void;
}

const HANDOVERS: readonly Handover[] = ["report", "blueprint", "terraform", "mailcow_api"];

/** Nothing before there is a client, unless it was removed. */
export function lifeView({ life, registration, both }: LifeModel, act: LifeActions): TemplateResult | typeof nothing {
  const { busy, findings, trouble, outcome, canPutBack } = life;
  if (!registration && !canPutBack && trouble === undefined) return nothing;
  const idle = busy === undefined && both;
  const said = html`${trouble === undefined ? nothing : troubleNotice(trouble)} ${findingCard(findings)}
    ${outcome === undefined ? nothing : html`<cb-notice kind="good" .label=${t(`life_${outcome}`)}></cb-notice>`}
    ${
      canPutBack
        ? html`<cb-notice kind="info" .label=${t("put_back")}
          >${t("put_back_note")}<cb-button slot="action" kind="small" ?disabled=${!idle} .label=${t(busy === "put_back" ? "putting_back" : "put_back_run")} @click=${act.putBack}></cb-button
        ></cb-notice>`
        : nothing
    }`;
  return html`<h2 class="title section">${t("life_title")}</h2>
    ${
      registration
        ? html`<cb-card>
          ${handovers(act)}
          <cb-row .sign=${busy === "rotate" ? "working" : ""} .label=${t("rotate")}
            ><cb-button slot="end" kind="small" ?disabled=${!idle} .label=${t(busy === "rotate" ? "rotating" : "rotate_run")} @click=${act.rotate}></cb-button>${t(both ? "rotate_note" : "life_needs")}</cb-row
          >
          <cb-row .sign=${busy === "remove" ? "working" : ""} .label=${t("remove")}
            ><cb-button slot="end" kind="small" ?disabled=${!idle} .label=${t(busy === "remove" ? "removing" : "remove_run")} @click=${act.remove}></cb-button>${t(both ? "remove_note" : "life_needs")}</cb-row
          >
        </cb-card>`
        : nothing
    }
    <div role="status">${trouble === undefined && findings.length === 0 && outcome === undefined && !canPutBack ? nothing : html`<div ${ref(intoView)}>${said}</div>`}</div>`;
}

function handovers(act: LifeActions): TemplateResult {
  return html`<cb-disclosure .label=${t("handover")} .summary=${HANDOVERS.map((what) => t(`handover_${what}`)).join(", ")}>
    <p class="quiet">${t("handover_note")}</p>
    ${HANDOVERS.map(
      (what) =>
        html`<cb-row .label=${t(`handover_${what}`)}
          ><cb-button slot="end" kind="small" .label=${t("save_file")} .about=${t(`handover_${what}`)} @click=${() => act.handOver(what)}></cb-button>${t(`handover_${what}_note`)}</cb-row
        >`,
    )}
  </cb-disclosure>`;
}
