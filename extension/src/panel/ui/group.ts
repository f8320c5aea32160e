/** Fields that belong together, under one name. Those in an element of class `pair` are side by side. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import "./sign";

@customElement("cb-group")
export class Group extends LitElement {
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      small {
        display: block;
        margin-bottom: 6px;
      }
      .problem {
        display: flex;
        gap: 6px;
        font-size: var(--small);
        color: var(--bad);
      }
      ::slotted(.pair) {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 8px;
      }
    `,
  ];

  @property() accessor label = "";
  /** What the fields are for, in small print. */
  @property() accessor note = "";
  /** What is wrong, in one sentence. */
  @property() accessor error = "";

  override render(): TemplateResult {
    return html`<fieldset>
      <legend>${this.label}</legend>
      ${this.note ? html`<small>${this.note}</small>` : nothing}
      <slot></slot>
      ${this.error ? html`<p class="problem"><cb-sign kind="problem"></cb-sign>${this.error}</p>` : nothing}
    </fieldset>`;
  }
}
