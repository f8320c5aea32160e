/** A question before something that has consequences. Takes the focus; Escape means no. Sends `cb-confirm` or `cb-cancel`. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./button";
import type { Button } from "./button";
import { send } from "./event";

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
        margin: 2px 0 10px;
        font-size: var(--small);
        color: var(--dim);
      }
      #consequence {
        /* Names are of any length, and the question must stay in sight. */
        max-height: 40vh;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
      .yes {
        flex: 1;
      }
    `,
  ];

  /** The question. */
  @property() accessor question = "";
  /** The consequence of confirming. */
  @property() accessor consequence = "";
  /** Label of the confirming button. */
  @property() accessor yes = "";
  /** Whether confirming is possible. */
  @property({ type: Boolean }) accessor ready = false;
  /** Whether confirming removes something. */
  @property({ type: Boolean }) accessor danger = false;

  override render(): TemplateResult {
    return html`<div role="alertdialog" aria-labelledby="question" aria-describedby="consequence" @keydown=${this.#onKey}>
      <h2 id="question">${this.question}</h2>
      <p id="consequence">${this.consequence}</p>
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
