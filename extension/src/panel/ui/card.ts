/**
 * A framed group of rows with an optional heading above. The slot takes rows and disclosures; the card draws the lines between
 * them.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";

@customElement("cb-card")
export class Card extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-bottom: 10px;
      }
      h2 {
        margin: 14px 0 5px;
        font-weight: 600;
      }
      .frame {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      ::slotted(:not(:first-child)) {
        border-top: 1px solid var(--line);
      }
    `,
  ];

  /** Heading above the frame. */
  @property() accessor heading = "";

  override render(): TemplateResult {
    return html`${this.heading ? html`<h2>${this.heading}</h2>` : nothing}
      <div class="frame"><slot></slot></div>`;
  }
}
