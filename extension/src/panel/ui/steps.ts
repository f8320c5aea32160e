/** How far a sign-in got: its steps in a row, each with a sign and its name; the failed one is emphasised. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./sign";

/** How a step ended; `open` if it is unknown whether this one failed. */
type StepState = "done" | "stopped" | "open" | "not_reached";

/** One step. */
export interface StepShown {
  name: string;
  state: StepState;
}

const SIGN = { done: "good", stopped: "problem", open: "unknown", not_reached: "waiting" } as const;

@customElement("cb-steps")
export class Steps extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      ol {
        display: flex;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        flex: 1;
        min-width: 0;
        text-align: center;
        font-size: 11px;
        line-height: 1.35;
        color: var(--dim);
        overflow-wrap: anywhere;
      }
      li + li::before {
        content: "";
        position: absolute;
        top: 8px;
        right: calc(50% + 12px);
        width: calc(100% - 24px);
        border-top: 2px solid var(--line);
      }
      .done + li::before {
        border-color: var(--good);
      }
      .stopped {
        font-weight: 600;
        color: var(--ink);
      }
      cb-sign {
        display: grid;
        margin: 0 auto 3px;
      }
    `,
  ];

  @property({ attribute: false }) accessor steps: readonly StepShown[] = [];

  override render(): TemplateResult {
    return html`<ol aria-label=${t("steps")}>
      ${this.steps.map(
        ({ name, state }) =>
          html`<li class=${state}>
            <cb-sign aria-hidden="true" .kind=${SIGN[state]}></cb-sign>${name}<span class="heard">${t(`step_${state}`)}</span>
          </li>`,
      )}
    </ol>`;
  }
}
