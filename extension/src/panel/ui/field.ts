/**
 * A text field with its label, a hint, what is wrong with it, and what Cowbell changed in it. Sends `cb-input` with the text on
 * each input.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import { send } from "./event";
import "./sign";

@customElement("cb-field")
export class Field extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      .said {
        display: flex;
        gap: 6px;
        margin-top: 4px;
        font-size: var(--small);
        color: var(--dim);
        overflow-wrap: anywhere;
      }
      .problem {
        color: var(--bad);
      }
    `,
  ];

  @property() accessor label = "";
  @property() accessor value = "";
  @property() accessor placeholder = "";
  /** What is entered: a text, one that is masked, or a day as `2026-12-07`. */
  @property() accessor type: "text" | "password" | "date" = "text";
  /** The first day that the browser's calendar offers. */
  @property() accessor min = "";
  /** What to enter. An error replaces it. */
  @property() accessor hint = "";
  /** What is wrong, in one sentence. */
  @property() accessor error = "";
  /** What was understood or changed, each in one sentence. */
  @property({ attribute: false }) accessor notes: readonly (TemplateResult | string)[] = [];
  @property({ type: Boolean }) accessor disabled = false;

  override render(): TemplateResult {
    return html`<label for="input">${this.label}</label>
      <input
        id="input"
        type=${this.type}
        min=${this.min || nothing}
        .value=${this.value}
        placeholder=${this.placeholder || nothing}
        ?disabled=${this.disabled}
        aria-invalid=${this.error ? "true" : nothing}
        aria-describedby="said"
        autocomplete=${this.type === "password" ? "new-password" : "off"}
        autocapitalize="none"
        spellcheck="false"
        @input=${this.#onInput}
      />
      <div id="said" aria-live="polite">
        ${this.error ? html`<div class="said problem"><cb-sign kind="problem"></cb-sign><span>${this.error}</span></div>` : nothing}
        ${this.notes.map((note) => html`<div class="said"><cb-sign kind="good"></cb-sign><span>${note}</span></div>`)}
        ${this.hint && !this.error && this.notes.length === 0 ? html`<div class="said">${this.hint}</div>` : nothing}
      </div>`;
  }

  #onInput(event: InputEvent & { currentTarget: HTMLInputElement }): void {
    this.value = event.currentTarget.value;
    send(this, "cb-input", this.value);
  }
}
