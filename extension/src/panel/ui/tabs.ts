/** The places of the panel, or as `minor` the sections of a place. One stop for the Tab key; arrow keys, Home and End move between them. Sends `cb-choose`. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { send } from "./event";

/** One section, and what its number counts. */
export interface Section {
  value: string;
  label: string;
  badge?: { text: string; heard: string; tone?: "bad" | "warn" | undefined } | undefined;
}

@customElement("cb-tabs")
export class Tabs extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
      }
      button {
        display: flex;
        gap: 5px;
        align-items: center;
        padding: 7px 9px 6px;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--dim);
        font: inherit;
        white-space: nowrap;
        cursor: pointer;
      }
      button:hover {
        color: var(--ink);
      }
      button:focus-visible {
        outline-offset: -2px;
        border-radius: var(--radius-small);
      }
      [aria-selected="true"] {
        border-bottom-color: var(--accent);
        color: var(--ink);
        font-weight: 600;
      }
      .badge {
        min-width: 17px;
        padding: 0 5px;
        border-radius: 9px;
        background: var(--sunken);
        font-size: 11px;
        font-weight: 600;
        line-height: 17px;
        text-align: center;
        color: var(--dim);
      }
      .bad {
        background: var(--bad-soft);
        color: var(--bad);
      }
      .warn {
        background: var(--warn-soft);
        color: var(--warn);
      }
      :host([minor]) {
        margin: 0 9px;
        border-top: 1px solid var(--line);
        padding-block: 6px;
      }
      :host([minor]) button {
        padding: 4px 9px;
        border: 1px solid transparent;
        border-radius: var(--radius);
      }
      :host([minor]) [aria-selected="true"] {
        border-color: var(--line-strong);
        background: var(--sunken);
      }
      @media (max-width: 370px) {
        div {
          gap: 0;
        }
        :host(:not([minor])) button {
          padding-inline: 5px;
        }
      }
      @media (max-width: 300px) {
        div {
          gap: 0;
        }
        button {
          padding-inline: 4px;
        }
      }
      @media (forced-colors: active) {
        button {
          border-bottom-color: Canvas;
        }
        [aria-selected="true"] {
          border-bottom-color: Highlight;
        }
      }
    `,
  ];

  /** Accessible name of the list of sections. */
  @property() accessor label = "";
  @property({ attribute: false }) accessor sections: readonly Section[] = [];
  @property() accessor value = "";

  override render(): TemplateResult {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.#onKey}>${this.sections.map((section) => this.#tab(section))}</div>`;
  }

  #tab({ value, label, badge }: Section): TemplateResult {
    const here = value === this.value;
    return html`<button role="tab" type="button" data-value=${value} aria-selected=${here ? "true" : "false"} tabindex=${here ? 0 : -1} @click=${() => this.#go(value)}>
      ${label}${badge ? html`<span class="badge ${badge.tone ?? ""}" aria-hidden="true">${badge.text}</span><span class="heard">${badge.heard}</span>` : nothing}
    </button>`;
  }

  async #onKey(event: KeyboardEvent): Promise<void> {
    const last = this.sections.length - 1;
    const at = this.sections.findIndex(({ value }) => value === this.value);
    const to: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const section = this.sections[to[event.key] ?? -1];
    if (!section) return;
    event.preventDefault();
    this.#go(section.value);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  #go(value: string): void {
    this.value = value;
    send(this, "cb-choose", value);
  }
}
