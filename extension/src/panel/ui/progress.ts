/** Progress of a run. Screen readers read out each tenth, not each step. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";

@customElement("cb-progress")
export class Progress extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        margin-bottom: 6px;
        font-size: 14px;
        font-weight: 600;
      }
      progress {
        display: block;
        width: 100%;
        height: 8px;
        border: 0;
        border-radius: 4px;
        overflow: clip;
        appearance: none;
        background: var(--bar);
      }
      progress::-webkit-progress-bar {
        background: var(--bar);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
        border-radius: 4px;
      }
      progress::-moz-progress-bar {
        background: var(--accent);
        border-radius: 4px;
      }
      small {
        display: block;
        margin-top: 6px;
      }
      @media (forced-colors: active) {
        progress {
          forced-color-adjust: none;
          border: 1px solid CanvasText;
          background: Canvas;
        }
        progress::-webkit-progress-bar {
          background: Canvas;
        }
        progress::-webkit-progress-value {
          background: Highlight;
        }
      }
    `,
  ];

  /** What is being done. */
  @property() accessor label = "";
  @property({ type: Number }) accessor done = 0;
  /** Total number of steps; 0 while it is not known. */
  @property({ type: Number }) accessor total = 0;
  /** Speed and remaining time, in words. */
  @property() accessor note = "";

  override render(): TemplateResult {
    const { label, done, total, note } = this;
    const tenths = total > 0 ? Math.floor((10 * done) / total) : 0;
    return html`<div class="line">
        <span id="label">${label}</span>
        ${total > 0 ? html`<span>${t("progress_count", { done, total })}</span>` : nothing}
      </div>
      <progress aria-labelledby="label" max=${total || nothing} value=${total > 0 ? done : nothing}></progress>
      ${note ? html`<small>${note}</small>` : nothing}
      <div class="heard" role="status">${total > 0 ? t("progress_heard", { label, percent: 10 * tenths }) : label}</div>`;
  }
}
