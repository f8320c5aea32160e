/**
 * A choice of one option, as radio cards. Sends `cb-choose` with the value. A slot named after a value is shown below its option
 * while that is selected.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import { send } from "./event";
import "./sign";

/** One option. */
export interface Option {
  value: string;
  label: string;
  /** What the option means, in small print. */
  note?: string;
  disabled?: boolean;
}

@customElement("cb-choice")
export class Choice extends LitElement {
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      .frame {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      .option + .option {
        border-top: 1px solid var(--line);
      }
      .chosen {
        background: var(--accent-soft);
      }
      label {
        display: flex;
        gap: 9px;
        margin: 0;
        padding: 8px 10px;
        font-weight: 400;
        cursor: pointer;
      }
      .chosen > label {
        font-weight: 600;
      }
      small {
        display: block;
        font-weight: 400;
      }
      .problem {
        display: flex;
        gap: 6px;
        margin-top: 4px;
        font-size: var(--small);
        color: var(--bad);
      }
      ::slotted(*) {
        display: block;
        padding: 2px 10px 10px;
      }
    `,
  ];

  @property() accessor label = "";
  @property({ attribute: false }) accessor options: readonly Option[] = [];
  @property() accessor value = "";
  /** What is wrong, in one sentence. */
  @property() accessor error = "";

  override render(): TemplateResult {
    return html`<fieldset>
      <legend>${this.label}</legend>
      <div class="frame">${this.options.map((option) => this.#option(option))}</div>
      ${this.error ? html`<p class="problem"><cb-sign kind="problem"></cb-sign>${this.error}</p>` : nothing}
    </fieldset>`;
  }

  #option({ value, label, note, disabled = false }: Option): TemplateResult {
    const chosen = value === this.value;
    return html`<div class="option ${chosen ? "chosen" : ""}">
      <label>
        <input type="radio" name="choice" .value=${value} .checked=${chosen} ?disabled=${disabled} @change=${() => this.#choose(value)} />
        <span>${label}${note ? html`<small>${note}</small>` : nothing}</span>
      </label>
      ${chosen ? html`<slot name=${value}></slot>` : nothing}
    </div>`;
  }

  #choose(value: string): void {
    this.value = value;
    send(this, "cb-choose", value);
  }
}
