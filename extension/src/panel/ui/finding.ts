/** What a check says: how grave, what, why, on which facts, and the button that mends it. Sends `cb-fix`. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { breakable } from "../text/breakable";
import { t } from "../text/words";
import "./button";
import { send } from "./event";
import "./sign";
import type { SignKind } from "./sign";

/** A fact with its name, as it is shown. */
export interface Fact {
  label: string;
  value: string;
}

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
      }
      .what {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .more {
        padding-left: 27px;
        overflow-wrap: anywhere;
      }
      .remedy,
      .why {
        font-size: var(--small);
      }
      .why {
        color: var(--dim);
      }
      dl {
        margin-top: 4px;
        font-size: var(--small);
      }
      dt {
        color: var(--dim);
      }
      cb-button {
        flex: none;
        align-self: flex-start;
      }
    `,
  ];

  @property() accessor severity: SignKind = "info";
  /** The finding in a sentence. */
  @property() accessor label = "";
  /** Why it matters. */
  @property() accessor why = "";
  /** What to do, when there is no button for it. */
  @property() accessor remedy = "";
  @property({ attribute: false }) accessor facts: readonly Fact[] = [];
  /** Words of the button; empty for none. */
  @property() accessor fix = "";
  @property({ type: Boolean }) accessor busy = false;

  override render(): TemplateResult {
    return html`<div class="line">
        <cb-sign .kind=${this.busy ? "working" : this.severity}></cb-sign>
        <div class="what">${this.label}</div>
        ${this.fix ? html`<cb-button kind="small" .label=${this.busy ? t("fixing") : this.fix} ?disabled=${this.busy} @click=${() => send(this, "cb-fix", undefined)}></cb-button>` : nothing}
      </div>
      <div class="more">
        ${this.why ? html`<p class="why">${this.why}</p>` : nothing}
        ${this.remedy ? html`<p class="remedy">${this.remedy}</p>` : nothing}
        ${this.facts.length > 0 ? html`<dl>${this.facts.map(({ label, value }) => html`<dt>${label}</dt><dd class="mono">${breakable(value)}</dd>`)}</dl>` : nothing}
      </div>`;
  }
}
