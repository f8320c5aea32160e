/** A disclosure that shows a summary of its content while closed. A larger `asked` opens it and brings it into view. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { icon } from "./icon";
import "./sign";
import type { SignKind } from "./sign";

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
  /** The sign in front of the label, if there is one. */
  @property() accessor sign: SignKind | "" = "";
  /** How often it was asked for from elsewhere. */
  @property({ type: Number }) accessor asked = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.#isAsked(changed)) this.open = true;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#isAsked(changed)) return;
    this.renderRoot.querySelector("summary")?.focus({ preventScroll: true });
    // Its content has no height before it is rendered.
    requestAnimationFrame(() => this.scrollIntoView({ block: "nearest" }));
  }

  #isAsked(changed: PropertyValues<this>): boolean {
    return changed.has("asked") && this.asked > (changed.get("asked") ?? 0);
  }

  override render(): TemplateResult {
    return html`<details ?open=${this.open} @toggle=${this.#onToggle}>
      <summary>
        ${icon("chevron")}${this.sign ? html`<cb-sign .kind=${this.sign}></cb-sign>` : nothing}
        <span class="label">${this.label}${this.summary ? html`<small>${this.summary}</small>` : nothing}</span>
      </summary>
      <div class="inside"><slot></slot></div>
    </details>`;
  }

  #onToggle(event: Event & { currentTarget: HTMLDetailsElement }): void {
    this.open = event.currentTarget.open;
  }
}
