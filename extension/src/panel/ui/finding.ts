/** A finding: its severity, what it is about, one sentence, the remedy, and the button that fixes it. Sends `cb-fix`. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { breakable } from "../text/breakable";
import { t } from "../text/words";
import "./button";
import { send } from "./event";
import "./sign";
import type { SignKind } from "./sign";

@customElement("cb-finding")
export class FindingRow extends LitElement {
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
      cb-button {
        margin: -3px 0 2px;
      }
      b {
        font-weight: 600;
      }
      .more {
        padding-left: 27px;
        overflow-wrap: anywhere;
      }
      .remedy {
        font-size: var(--small);
        color: var(--dim);
      }
    `,
  ];

  @property() accessor severity: SignKind = "info";
  /** What it is about, such as the name of a field. */
  @property() accessor subject = "";
  /** The finding in one sentence. */
  @property() accessor label = "";
  /** The remedy. */
  @property() accessor remedy = "";
  /** Label of the button; empty for none. */
  @property() accessor fix = "";
  @property({ type: Boolean }) accessor busy = false;

  override render(): TemplateResult {
    const { severity, subject, label, remedy, fix, busy } = this;
    return html`<div class="line">
        <cb-sign .kind=${busy ? "working" : severity}></cb-sign>
        <div class="what">${subject ? html`<b>${breakable(subject)}</b>` : breakable(label)}</div>
        ${fix ? html`<cb-button kind="small" .label=${busy ? t("fixing") : fix} ?disabled=${busy} @click=${() => send(this, "cb-fix", undefined)}></cb-button>` : nothing}
      </div>
      <div class="more">
        ${subject ? html`<p>${breakable(label)}</p>` : nothing} ${remedy ? html`<p class="remedy">${breakable(remedy)}</p>` : nothing}
      </div>`;
  }
}
