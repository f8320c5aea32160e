/**
 * One line of a card: a sign, what it is about, a note below, and a tag or a button at the end. Slots: default (note), `below`
 * (full width), `end`.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import "./sign";
import type { SignKind } from "./sign";

@customElement("cb-row")
export class Row extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding: 8px 10px;
      }
      .line {
        display: flex;
        gap: 9px;
        align-items: flex-start;
      }
      .what {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .signed {
        padding-left: 27px;
      }
      .note {
        display: block;
        font-size: var(--small);
        color: var(--dim);
      }
      .tag {
        flex: none;
        padding: 0 7px;
        border: 1px solid var(--line);
        border-radius: 9px;
        font-size: 11px;
        line-height: 17px;
        color: var(--dim);
        white-space: nowrap;
      }
      [name="below"] {
        display: block;
      }
      ::slotted([slot="end"]) {
        flex: none;
        margin: -3px 0 2px;
      }
    `,
  ];

  /** The sign in front; without one there is no gap. */
  @property() accessor sign: SignKind | "" = "";
  /** What the row is about. */
  @property() accessor label = "";
  /** A word in a small frame at the end. */
  @property() accessor tag = "";

  override render(): TemplateResult {
    return html`<div class="line">
        ${this.sign ? html`<cb-sign .kind=${this.sign}></cb-sign>` : nothing}
        <div class="what">${this.label}</div>
        ${this.tag ? html`<span class="tag">${this.tag}</span>` : nothing}
        <slot name="end"></slot>
      </div>
      <div class=${this.sign ? "signed" : ""}><slot class="note"></slot><slot name="below"></slot></div>`;
  }
}
