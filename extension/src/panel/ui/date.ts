/** A field for a day, with its label, a hint, and what is wrong with it. Sends `cb-input` with the day as `2026-12-07`, or empty. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import { send } from "./event";
import "./sign";

@customElement("cb-date")
export class DateField extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      input {
        min-height: 34px;
        max-width: 100%;
        padding: 6px 8px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-small);
        background: var(--surface);
        color: var(--ink);
        font: inherit;
      }
      .said {
        display: flex;
        gap: 6px;
        margin-top: 4px;
        font-size: var(--small);
        color: var(--dim);
      }
      .problem {
        color: var(--bad);
      }
    `,
  ];

  @property() accessor label = "";
  @property() accessor value = "";
  /** The first day that the browser's calendar offers. */
  @property() accessor min = "";
  /** What to enter. An error replaces it. */
  @property() accessor hint = "";
  /** What is wrong, in one sentence. */
  @property() accessor error = "";

  override render(): TemplateResult {
    return html`<label for="input">${this.label}</label>
      <input
        id="input"
        type="date"
        .value=${this.value}
        min=${this.min || nothing}
        aria-invalid=${this.error ? "true" : nothing}
        aria-describedby="said"
        @input=${this.#onInput}
      />
      <div id="said" aria-live="polite">
        ${this.error ? html`<div class="said problem"><cb-sign kind="problem"></cb-sign><span>${this.error}</span></div>` : nothing}
        ${this.hint && !this.error ? html`<div class="said">${this.hint}</div>` : nothing}
      </div>`;
  }

  #onInput(event: InputEvent & { currentTarget: HTMLInputElement }): void {
    this.value = event.currentTarget.value;
    send(this, "cb-input", this.value);
  }
}
