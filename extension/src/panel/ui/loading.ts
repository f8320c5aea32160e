/** A placeholder for rows that says what is being loaded. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import "./sign";

@customElement("cb-loading")
export class Loading extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .say {
        display: flex;
        gap: 9px;
        margin-bottom: 10px;
        color: var(--dim);
      }
      .frame {
        padding: 2px 10px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      i {
        display: block;
        height: 9px;
        margin: 12px 0;
        border-radius: 4px;
        background: var(--sunken);
        animation: breathe 1.6s ease-in-out infinite alternate;
      }
      i:nth-child(2n) {
        width: 62%;
      }
      @keyframes breathe {
        to {
          opacity: 0.45;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        i {
          animation: none;
        }
      }
    `,
  ];

  /** What is being done, in one sentence. */
  @property() accessor label = "";

  override render(): TemplateResult {
    return html`<div class="say" role="status"><cb-sign kind="working"></cb-sign>${this.label}</div>
      <div class="frame" aria-hidden="true"><i></i><i></i><i></i><i></i></div>`;
  }
}
