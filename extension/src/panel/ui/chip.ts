/** Shows whether a product is connected, which version and host, and who is signed in. Always visible. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./sign";
import type { SignKind } from "./sign";

/** Status of a product: never clicked, being read, connected, lost, or not usable. */
export type ChipState = "absent" | "reading" | "live" | "lost" | "failed";

const SIGN: Record<ChipState, SignKind> = {
  absent: "waiting",
  reading: "working",
  live: "good",
  lost: "warning",
  failed: "problem",
};

@customElement("cb-chip")
export class Chip extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-width: 0;
        padding: 6px 8px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        line-height: 1.35;
      }
      :host([state="live"]) {
        border-color: var(--good);
      }
      :host([state="lost"]) {
        border-color: var(--warn);
      }
      :host([state="failed"]) {
        border-color: var(--bad);
      }
      :host([state="absent"]) {
        border-style: dashed;
        border-color: var(--line-strong);
      }
      .name {
        display: flex;
        gap: 6px;
        align-items: center;
      }
      b {
        min-width: 0;
        font-weight: 600;
      }
      b,
      small {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      small {
        display: block;
      }
      .wrap {
        white-space: normal;
      }
      @media (max-width: 300px) {
        :host {
          padding-inline: 6px;
        }
        .name {
          gap: 4px;
        }
      }
    `,
  ];

  @property({ reflect: true }) accessor state: ChipState = "absent";
  /** Name of the product. */
  @property() accessor name = "";
  @property() accessor version = "";
  /** Host name. */
  @property() accessor host = "";
  /** User who is signed in. */
  @property() accessor who = "";

  override render(): TemplateResult {
    const { state, name, version, host, who } = this;
    return html`<div class="name"><cb-sign .kind=${SIGN[state]}></cb-sign><b>${name}</b></div>
      ${
        state === "absent" || state === "lost"
          ? html`<small class="wrap">${t(state === "absent" ? "chip_absent" : "chip_lost")}</small>`
          : html`<small title=${host}>${host}</small>`
      }
      ${state === "live" ? html`<small title=${who}>${[version, who].filter(Boolean).join(" · ")}</small>` : nothing}`;
  }
}
