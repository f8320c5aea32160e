/** After set-up: a new client secret, and the integration for other tools. */

import type { RegistrationView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import type { Handover } from "../act/life";
import type { Life } from "../state/state";
import { t } from "../text/words";
import { findingCard } from "./findings";
import { troubleNotice } from "./parts";

export interface LifeModel {
  life: Life;
  registration: RegistrationView | undefined;
  /** Whether both products can be written to. */
  both: boolean;
}

/** What can be pressed. */
export interface LifeActions {
  rotate: () => void;
  handOver: (what: Handover) => void;
}

const HANDOVERS: readonly Handover[] = ["report", "blueprint", "terraform", "mailcow_api"];

/** Nothing before there is a client. */
export function lifeView({ life, registration, both }: LifeModel, act: LifeActions): TemplateResult | typeof nothing {
  if (!registration) return nothing;
  const { rotating, findings, trouble } = life;
  return html`<h2 class="title">${t("life_title")}</h2>
    <div role="status">${trouble === undefined ? nothing : troubleNotice(trouble)} ${findingCard(findings)}</div>
    <cb-card>
      <cb-row .sign=${rotating ? "working" : ""} .label=${t("rotate")}
        ><cb-button slot="end" kind="small" ?disabled=${rotating || !both} .label=${t(rotating ? "rotating" : "rotate_run")} @click=${act.rotate}></cb-button>${t(both ? "rotate_note" : "rotate_needs")}</cb-row
      >
      <cb-disclosure .label=${t("handover")} .summary=${HANDOVERS.map((what) => t(`handover_${what}`)).join(", ")}>
        <p class="quiet">${t("handover_note")}</p>
        ${HANDOVERS.map(
          (what) =>
            html`<cb-row .label=${t(`handover_${what}`)}
              ><cb-button slot="end" kind="small" .label=${t("save_file")} .about=${t(`handover_${what}`)} @click=${() => act.handOver(what)}></cb-button>${t(`handover_${what}_note`)}</cb-row
            >`,
        )}
      </cb-disclosure>
    </cb-card>`;
}
