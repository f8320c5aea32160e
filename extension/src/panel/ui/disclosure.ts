/** A disclosure that shows a summary of its content while closed. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { icon } from "./icon";

@customElement("cb-disclosure")
export class Disclosure extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      summary {
        display: flex;
        gap: 9px;
        padding: 8px 10px;
        list-style: none;
        cursor: pointer;
      }
      @media (forced-colors: active) {
        summary {
          color: CanvasText;
        }
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        background: var(--sunken);
      }
      summary:focus-visible {
        outline-offset: -2px;
        border-radius: var(--radius);
      }
      svg {
        flex: none;
        margin: 1px;
        color: var(--dim);
        transition: rotate 0.15s;
      }
      [open] svg {
        rotate: 90deg;
      }
      .label {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      small {
        display: block;
      }
      [open] small {
        display: none;
      }
      .inside {
        padding: 4px 12px 2px;
      }
      @media (prefers-reduced-motion: reduce) {
        svg {
          transition: none;
        }
      }
    `,
  ];

  @property() accessor label = "";
  /** Summary of the content; shown while closed. */
  @property() accessor summary = "";
  @property({ type: Boolean }) accessor open = false;

  override render(): TemplateResult {
    return html`<details ?open=${this.open} @toggle=${this.#onToggle}>
      <summary>
        ${icon("chevron")}
        <span class="label">${this.label}${this.summary ? html`<small>${this.summary}</small>` : nothing}</span>
      </summary>
      <div class="inside"><slot></slot></div>
    </details>`;
  }

  #onToggle(event: Event & { currentTarget: HTMLDetailsElement }): void {
    this.open = event.currentTarget.open;
  }
}
