/** The totals of a plan in one line: signs, numbers and words. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { number } from "../text/words";
import "./sign";
import type { SignKind } from "./sign";

/** One total. */
export interface Total {
  sign: SignKind;
  count: number;
  word: string;
}

@customElement("cb-summary")
export class Summary extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-bottom: 10px;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 14px;
      }
      li {
        display: flex;
        gap: 6px;
        align-items: center;
        white-space: nowrap;
      }
      b {
        font-weight: 600;
      }
      p {
        margin-top: 4px;
        font-size: var(--small);
        color: var(--dim);
      }
    `,
  ];

  @property({ attribute: false }) accessor totals: readonly Total[] = [];
  /** A sentence below. */
  @property() accessor note = "";

  override render(): TemplateResult {
    return html`<ul>
        ${this.totals.map(({ sign, count, word }) => html`<li><cb-sign .kind=${sign}></cb-sign><span><b>${number(count)}</b> ${word}</span></li>`)}
      </ul>
      ${this.note ? html`<p>${this.note}</p>` : ""}`;
  }
}
