/**
 * Buttons that filter a list, each with a sign, a number and a word; at most one is pressed. Sends `cb-choose` with its value,
 * empty when it is released. One without rows cannot be pressed, but released.
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { number } from "../text/words";
import { send } from "./event";
import "./sign";
import type { SignKind } from "./sign";

/** One kind of row. */
export interface Kind {
  value: string;
  sign: SignKind;
  count: number;
  word: string;
}

@customElement("cb-filter")
export class Filter extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-bottom: 10px;
      }
      div {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(132px, 1fr));
        gap: 6px;
      }
      button {
        display: flex;
        gap: 5px;
        align-items: center;
        min-height: 34px;
        padding: 6px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      button:hover {
        background: var(--sunken);
      }
      button:disabled {
        background: none;
        color: var(--dim);
        cursor: default;
      }
      [aria-pressed="true"] {
        border-color: var(--accent);
        background: var(--accent-soft);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      b {
        font-weight: 600;
      }
      @media (forced-colors: active) {
        [aria-pressed="true"] {
          border-color: Highlight;
        }
      }
    `,
  ];

  /** What the list is filtered by. */
  @property() accessor label = "";
  @property({ attribute: false }) accessor kinds: readonly Kind[] = [];
  @property() accessor value = "";

  override render(): TemplateResult {
    return html`<div role="group" aria-label=${this.label}>
      ${this.kinds.map(
        ({ value, sign, count, word }) =>
          html`<button type="button" aria-pressed=${value === this.value ? "true" : "false"} ?disabled=${count === 0 && value !== this.value} @click=${() => this.#choose(value)}>
            <cb-sign .kind=${sign}></cb-sign><span><b>${number(count)}</b> ${word}</span>
          </button>`,
      )}
    </div>`;
  }

  #choose(value: string): void {
    this.value = value === this.value ? "" : value;
    send(this, "cb-choose", this.value);
  }
}
