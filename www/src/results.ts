/** Every value on both sides, step by step. */

import type { Preview } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import { formFieldText, objectFieldText } from "../../extension/src/panel/text/core";
import "../../extension/src/panel/ui/card";
import { NEEDS } from "./need";
import { maybe, w } from "./texts";
import "./value";

export function results({ steps, form }: Preview): TemplateResult {
  const atAuthentik = steps.map(({ kind, rows }, index) =>
    step(
      index + 1,
      w(`step_${kind}`),
      w(`where_${kind}`),
      rows.map(
        ({ field, value, need }) =>
          html`<site-value .label=${objectFieldText(field)} .value=${value} .need=${need} .decided=${w("value_made")} .note=${maybe(`authentik_${field}`)}></site-value>`,
      ),
    ),
  );
  const inMailcow = step(
    steps.length + 1,
    w("step_form"),
    w("where_form"),
    form.map(
      ({ field, value, need }) =>
        html`<site-value .label=${formFieldText(field)} .value=${value} .need=${need} .decided=${w("value_from_provider")} .note=${maybe(`mailcow_${field}`)}></site-value>`,
    ),
  );
  return html`${legend()}
    <div class="sides">
      <div>
        <h3>${w("side_authentik")}</h3>
        ${atAuthentik}
      </div>
      <div>
        <h3>${w("side_mailcow")}</h3>
        ${inMailcow}
      </div>
    </div>`;
}

function step(number: number, label: string, where: string, rows: TemplateResult[]): TemplateResult {
  return html`<div class="step">
    <h4><span class="number">${number}</span>${label}</h4>
    <p class="where">${where}</p>
    <cb-card>${rows}</cb-card>
  </div>`;
}

function legend(): TemplateResult {
  return html`<dl class="legend" aria-label=${w("legend")}>
    ${NEEDS.map((need) => html`<div><dt><site-need .need=${need}></site-need></dt><dd>${w(`need_${need}_text`)}</dd></div>`)}
  </dl>`;
}
