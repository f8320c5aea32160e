/** A choice of one option, as the browser's own menu. Sends `cb-choose` with the value. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import type { Option } from "./choice";
import { send } from "./event";

@customElement("cb-select")
export class Select extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
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
        margin-top: 4px;
      }
    `,
  ];

  @property() accessor label = "";
  @property() accessor hint = "";
  @property({ attribute: false }) accessor options: readonly Option[] = [];
  @property() accessor value = "";

  override render(): TemplateResult {
    return html`<label for="select">${this.label}</label>
      <select id="select" aria-describedby="hint" @change=${this.#onChange}>
        ${this.options.map(
          ({ value, label, disabled = false }) =>
            html`<option .value=${value} ?selected=${value === this.value} ?disabled=${disabled}>${label}</option>`,
        )}
      </select>
      ${this.hint ? html`<small id="hint">${this.hint}</small>` : nothing}`;
  }

  #onChange(event: Event & { currentTarget: HTMLSelectElement }): void {
    this.value = event.currentTarget.value;
    send(this, "cb-choose", this.value);
  }
}
