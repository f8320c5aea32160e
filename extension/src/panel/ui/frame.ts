/**
 * The frame of every screen: header and sections at the top, one scrolling area in the middle, one bar of buttons at the bottom.
 * Slots: `chips`, `tools`, `tabs`, default, `bar`.
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";

@customElement("cb-frame")
export class Frame extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        min-height: 0;
        background: var(--ground);
      }
      header {
        flex: none;
        padding: 8px var(--pad) 0;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      .top {
        display: flex;
        align-items: center;
        gap: 8px;
        /* As high as a tool, so that nothing moves when one appears. */
        min-height: 28px;
        margin-bottom: 6px;
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: 14px;
        font-weight: 600;
      }
      slot[name="tools"] {
        display: flex;
        gap: 2px;
      }
      .chips {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 6px;
      }
      slot[name="tabs"] {
        display: block;
        margin: 4px -9px 0;
      }
      @media (max-width: 300px) {
        slot[name="tabs"] {
          margin-inline: -4px;
        }
      }
      main,
      .main {
        flex: 1;
        min-height: 0;
        overflow: hidden auto;
        padding: var(--pad);
        scrollbar-width: thin;
      }
      .section:focus-visible {
        outline-offset: 6px;
      }
      footer {
        flex: none;
        border-top: 1px solid var(--line);
        background: var(--surface);
      }
      .bar {
        display: flex;
        gap: 8px;
        align-items: center;
        padding: 10px var(--pad);
      }
      @media (max-width: 300px) {
        .bar {
          flex-wrap: wrap;
        }
      }
      footer:not(.filled) {
        display: none;
      }
    `,
  ];

  /** Accessible name of the middle: the section that is shown. */
  @property() accessor section = "";
  /** Whether the panel is a part of a page, which has a main part of its own. */
  @property({ type: Boolean }) accessor embedded = false;
  @property({ state: true }) private accessor filled = false;

  override render(): TemplateResult {
    const section = html`<div class="section" role="tabpanel" tabindex="-1" aria-label=${this.section}><slot></slot></div>`;
    return html`<header>
        <div class="top">
          <img src="icons/icon.svg" width="20" height="20" alt="" />
          <h1>${t("extension_name")}</h1>
          <slot name="tools"></slot>
        </div>
        <div class="chips" role="group" aria-label=${t("chips")}><slot name="chips"></slot></div>
        <slot name="tabs"></slot>
      </header>
      ${this.embedded ? html`<div class="main">${section}</div>` : html`<main>${section}</main>`}
      <footer class=${this.filled ? "filled" : ""}><slot name="bar" class="bar" @slotchange=${this.#onBar}></slot></footer>`;
  }

  #onBar(event: Event & { currentTarget: HTMLSlotElement }): void {
    this.filled = event.currentTarget.assignedElements().length > 0;
  }
}
