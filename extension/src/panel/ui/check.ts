/** A checkbox with a label and a note. Sends `cb-check`. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import { send } from "./event";

@customElement("cb-check")
export class Check extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      label {
        display: flex;
        gap: 9px;
        margin: 0;
        font-weight: 400;
        cursor: pointer;
      }
      small {
        display: block;
      }
    `,
  ];

  @property() accessor label = "";
  @property() accessor note = "";
  @property({ type: Boolean }) accessor checked = false;

  override render(): TemplateResult {
    return html`<label>
      <input type="checkbox" .checked=${this.checked} @change=${this.#onChange} />
      <span>${this.label}${this.note ? html`<small>${this.note}</small>` : nothing}</span>
    </label>`;
  }

  #onChange(event: Event & { currentTarget: HTMLInputElement }): void {
    this.checked = event.currentTarget.checked;
    send(this, "cb-check", this.checked);
  }
}
