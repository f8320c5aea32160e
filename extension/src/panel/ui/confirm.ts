/** A question before something that has consequences. Takes the focus; Escape means no. Sends `cb-confirm` or `cb-cancel`. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./button";
import type { Button } from "./button";
import "./disclosure";
import { send } from "./event";
import "./sign";
import type { SignKind } from "./sign";

/** One consequence. */
export interface Line {
  sign: SignKind;
  text: string;
  /** Whom it concerns, or where to look. */
  note?: string;
}

@customElement("cb-confirm")
export class Confirm extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        flex: 1;
      }
      h2 {
        font-weight: 600;
      }
      p {
        margin: 2px 0 0;
        font-size: var(--small);
        color: var(--dim);
      }
      ul {
        margin: 4px 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        gap: 7px;
        align-items: flex-start;
        margin-bottom: 3px;
        font-size: var(--small);
      }
      li span {
        padding-top: 1px;
      }
      small {
        display: block;
        color: var(--dim);
      }
      #consequence {
        margin-bottom: 10px;
        /* Names are of any length, and the question must stay in sight. */
        max-height: 40vh;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .yes {
        flex: 1;
      }
    `,
  ];

  /** The question. */
  @property() accessor question = "";
  /** The consequences of confirming, the gravest first. */
  @property({ attribute: false }) accessor lines: readonly Line[] = [];
  /** What else confirming does. */
  @property() accessor consequence = "";
  /** What is worth knowing and folded; empty for nothing. */
  @property() accessor more = "";
  /** Label of the confirming button. */
  @property() accessor yes = "";
  /** Whether confirming is possible. */
  @property({ type: Boolean }) accessor ready = false;
  /** Whether confirming removes something. */
  @property({ type: Boolean }) accessor danger = false;

  override render(): TemplateResult {
    return html`<div role="alertdialog" aria-labelledby="question" aria-describedby="consequence" @keydown=${this.#onKey}>
      <h2 id="question">${this.question}</h2>
      <div id="consequence">
        ${this.lines.length > 0 ? html`<ul>${this.lines.map(line)}</ul>` : nothing}
        ${this.consequence ? html`<p>${this.consequence}</p>` : nothing}
        ${this.more ? html`<cb-disclosure .label=${t("confirm_more")}><p>${this.more}</p></cb-disclosure>` : nothing}
      </div>
      <div class="buttons">
        <cb-button id="no" .label=${t("cancel")} @click=${() => send(this, "cb-cancel", undefined)}></cb-button>
        <cb-button class="yes" .kind=${this.danger ? "danger" : "main"} .label=${this.yes} ?disabled=${!this.ready} @click=${this.#confirm}></cb-button>
      </div>
    </div>`;
  }

  /** Cancel gets the focus, so that an extra key press does no harm. */
  override async firstUpdated(): Promise<void> {
    const no = this.renderRoot.querySelector<Button>("#no");
    await no?.updateComplete;
    no?.focus();
  }

  /** The second half of a double click was meant for what was there before. */
  #confirm({ detail }: MouseEvent): void {
    if (detail < 2) send(this, "cb-confirm", undefined);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    send(this, "cb-cancel", undefined);
  }
}

function line({ sign, text, note }: Line): TemplateResult {
  return html`<li><cb-sign .kind=${sign}></cb-sign><span>${text}${note ? html`<small>${note}</small>` : nothing}</span></li>`;
}
