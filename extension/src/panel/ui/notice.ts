/** A message of its own: done, worth knowing, or wrong. The slot `action` takes buttons. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { breakable } from "../text/breakable";
import "./sign";
import type { SignKind } from "./sign";

@customElement("cb-notice")
export class Notice extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-bottom: 10px;
      }
      div,
      .said {
        display: flex;
        align-items: flex-start;
        gap: 9px;
      }
      div {
        flex-wrap: wrap;
        justify-content: flex-end;
        padding: 8px 10px;
        border: 1px solid var(--line);
        border-left: 3px solid var(--tone);
        border-radius: var(--radius-small);
        background: var(--surface);
      }
      .said {
        flex: 1 1 auto;
      }
      .text {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 600;
      }
      .note {
        display: block;
        font-size: var(--small);
        color: var(--dim);
      }
      .good {
        --tone: var(--good);
      }
      .warning {
        --tone: var(--warn);
      }
      .problem {
        --tone: var(--bad);
      }
      .info,
      .unknown {
        --tone: var(--line-strong);
      }
    `,
  ];

  @property() accessor kind: SignKind = "info";
  @property() accessor label = "";

  override render(): TemplateResult {
    return html`<div class=${this.kind} role=${this.kind === "problem" ? "alert" : nothing}>
      <span class="said"><cb-sign .kind=${this.kind}></cb-sign><span class="text"><b>${breakable(this.label)}</b><slot class="note"></slot></span></span>
      <slot name="action"></slot>
    </div>`;
  }
}
