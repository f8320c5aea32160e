/** One field of a product: its name, whether it is required, what to enter, and a button that copies it. */

import type { Need, Shown } from "cowbell-core";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../../extension/src/panel/style/base";
import { breakable } from "../../extension/src/panel/text/breakable";
import { t } from "../../extension/src/panel/text/words";
import "../../extension/src/panel/ui/copy";
import "./need";
import { w } from "./texts";

@customElement("site-value")
export class Value extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding: 9px 12px 10px;
      }
      .head,
      .line {
        display: flex;
        gap: 2px 10px;
        align-items: baseline;
        justify-content: space-between;
      }
      .head {
        flex-wrap: wrap;
      }
      .line {
        align-items: flex-start;
        margin-top: 5px;
      }
      .label {
        font-weight: 600;
      }
      .mono {
        flex: 1;
        min-width: 0;
        padding: 3px 8px;
        border-radius: var(--radius-small);
        background: var(--sunken);
        white-space: pre-wrap;
      }
      .word {
        margin-top: 3px;
      }
      .note {
        margin-top: 4px;
        font-size: var(--small);
        color: var(--dim);
      }
    `,
  ];

  @property() accessor label = "";
  @property({ attribute: false }) accessor value: Shown = { kind: "absent" };
  @property() accessor need: Need = "necessary";
  /** What to show if authentik generates the value. */
  @property() accessor decided = "";
  @property() accessor note = "";

  override render(): TemplateResult {
    return html`<div class="head"><span class="label">${this.label}</span><site-need .need=${this.need}></site-need></div>
      ${this.#value()} ${this.note ? html`<p class="note">${this.note}</p>` : nothing}`;
  }

  #value(): TemplateResult | TemplateResult[] {
    const { value } = this;
    switch (value.kind) {
      case "text":
        return this.#text(value.text);
      case "list":
        return value.items.map((item) => this.#text(item));
      case "switch":
        return word(t(value.on ? "shown_on" : "shown_off"));
      case "absent":
        return word(w("value_empty"));
      case "secret":
      case "unknown":
      case "known_after_apply":
        return word(this.decided);
    }
  }

  #text(text: string): TemplateResult {
    return html`<div class="line">
      <code class="mono">${breakable(text)}</code>
      <cb-copy .about=${this.label} .value=${() => text} .version=${text}></cb-copy>
    </div>`;
  }
}

function word(text: string): TemplateResult {
  return html`<p class="word">${text}</p>`;
}
