/** An empty screen: says why it is empty and what to do. The slot takes buttons. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { icon, type IconName } from "./icon";

@customElement("cb-empty")
export class Empty extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        justify-items: center;
        gap: 4px;
        padding: 40px 20px;
        text-align: center;
      }
      .drawing {
        display: grid;
        place-items: center;
        width: 44px;
        height: 44px;
        margin-bottom: 8px;
        border-radius: 50%;
        background: var(--sunken);
        color: var(--dim);
      }
      h2 {
        font-size: 14px;
        font-weight: 600;
      }
      p {
        max-width: 34ch;
        color: var(--dim);
      }
      slot {
        display: block;
        margin-top: 10px;
      }
    `,
  ];

  @property() accessor icon: IconName = "bell";
  @property() accessor label = "";
  @property() accessor text = "";

  override render(): TemplateResult {
    return html`<span class="drawing">${icon(this.icon, 22)}</span>
      <h2>${this.label}</h2>
      <p>${this.text}</p>
      <slot></slot>`;
  }
}
