/**
 * A value that is not shown, only copied on request. It is fetched at that moment, so no attribute, property or text contains it.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./copy";

@customElement("cb-secret")
export class SecretRow extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding: 8px 10px;
      }
      .line {
        display: flex;
        gap: 9px;
        align-items: center;
      }
      .what {
        flex: 1;
        min-width: 0;
      }
      .value {
        display: block;
        color: var(--dim);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  @property() accessor label = "";
  /** What may be shown: the value itself if it is not secret, otherwise empty. */
  @property() accessor shown = "";
  /** Number of characters, shown instead of a secret. */
  @property({ type: Number }) accessor length = 0;
  /** Returns the value when it is copied. */
  @property({ attribute: false }) accessor value: () => string = () => "";

  override render(): TemplateResult {
    return html`<div class="line">
      <div class="what">
        ${this.label}
        <span class="mono value" title=${this.shown || nothing}>${this.shown || this.#mask()}</span>
      </div>
      <cb-copy .about=${this.label} .value=${this.value}></cb-copy>
    </div>`;
  }

  #mask(): TemplateResult {
    return html`<span aria-hidden="true">••••••••</span> <span>${t("secret_length", { count: this.length })}</span>`;
  }
}
