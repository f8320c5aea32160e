/**
 * A list that stays fast with ten thousand rows: only visible rows exist, and only these are requested from the source. It has a
 * search field. With `pickable`, rows have checkboxes; with `single` in addition, a row is clicked as a whole. `cb-pick` says
 * which one. With `opens` in addition, only the checkbox picks, and the rest of the row opens it, as `cb-open` says. Where the
 * source offers `every`, a button below the search sends `cb-every` with the text that is searched for.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { base } from "../style/base";
import { control } from "../style/control";
import { t, tn } from "../text/words";
import { send } from "./event";
import { icon } from "./icon";
import "./button";
import "./sign";
import type { SignKind } from "./sign";

/** A row as displayed. */
export interface ListRow {
  id: string;
  label: string;
  note?: string;
  sign?: SignKind;
  tag?: string;
  /** A second line below the tag. */
  more?: string;
  picked?: boolean;
  opened?: boolean;
}

/**
 * Returns the rows that match a search, starting at `offset` and at most `limit`, how many match in all, and the label of a button
 * that is about every one of them, if there is such a button.
 */
export type ListSource = (
  query: string,
  offset: number,
  limit: number,
) => { total: number; rows: readonly ListRow[]; every?: string };

const ROW = 40;
/** Rows rendered above and below the visible ones, so that scrolling with the wheel shows no gap. */
const SPARE = 5;

@customElement("cb-list")
export class List extends LitElement {
  static override styles = [
    base,
    control,
    css`
      :host {
        display: block;
      }
      .search {
        position: relative;
      }
      .search svg {
        position: absolute;
        left: 9px;
        top: 9px;
        color: var(--dim);
      }
      .search input {
        padding-left: 30px;
      }
      .found {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 8px;
        align-items: center;
        justify-content: space-between;
        margin: 6px 2px;
      }
      .count {
        font-size: var(--small);
        color: var(--dim);
      }
      .scroller {
        max-height: min(320px, 50vh);
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        contain: strict;
      }
      .window {
        position: relative;
      }
      .row {
        position: absolute;
        inset-inline: 0;
        display: flex;
        gap: 9px;
        align-items: center;
        height: 40px;
        padding: 0 10px;
        border-bottom: 1px solid var(--line);
      }
      .pickable .row {
        cursor: pointer;
      }
      .pickable .row:hover {
        background: var(--sunken);
      }
      .picked {
        background: var(--accent-soft);
      }
      .opened {
        box-shadow: inset 3px 0 var(--accent);
      }
      .scroller:focus-visible .active {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .cells {
        gap: 0;
        padding: 0;
      }
      .pick {
        flex: none;
        align-self: stretch;
        display: grid;
        place-items: center;
        width: 36px;
      }
      .open {
        flex: 1;
        align-self: stretch;
        min-width: 0;
        padding-right: 10px;
      }
      .open > * {
        display: flex;
        gap: 9px;
        align-items: center;
        height: 100%;
      }
      .here {
        outline: 2px solid transparent;
        outline-offset: 2px;
      }
      .scroller:focus-visible .active .here {
        outline-color: var(--accent);
      }
      .open > .here {
        outline-offset: -5px;
      }
      .box {
        flex: none;
        display: grid;
        place-items: center;
        width: 16px;
        height: 16px;
        border: 1px solid var(--line-strong);
        border-radius: 3px;
        background: var(--surface);
      }
      .picked .box {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }
      .what {
        flex: 1;
        min-width: 0;
        line-height: 1.3;
      }
      .what > * {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .tag {
        flex: none;
        max-width: 60%;
        font-size: 11px;
        line-height: 1.4;
        text-align: end;
        color: var(--dim);
      }
      .tag > * {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      /* The name needs the room. */
      @media (max-width: 300px) {
        .tag {
          max-width: 45%;
        }
        .tag > :first-child {
          max-height: 2.8em;
          white-space: normal;
        }
        .tag > :not(:first-child) {
          display: none;
        }
      }
      @media (forced-colors: active) {
        .picked .box {
          forced-color-adjust: none;
          border-color: Highlight;
          background: Highlight;
          color: HighlightText;
        }
      }
    `,
  ];

  /** What the list contains. */
  @property() accessor label = "";
  @property({ attribute: false }) accessor source: ListSource = () => ({ total: 0, rows: [] });
  @property({ type: Boolean }) accessor pickable = false;
  /** Whether a row is clicked as a whole and has no checkbox. */
  @property({ type: Boolean }) accessor single = false;
  /** Whether a row is opened apart from its checkbox. */
  @property({ type: Boolean }) accessor opens = false;

  @state() private accessor sought = "";
  @state() private accessor first = 0;
  @state() private accessor active = 0;
  /** What of the active row has the focus, where there are both. */
  @state() private accessor column: "pick" | "open" = "open";
  @query(".scroller") private accessor scroller!: HTMLElement;

  #total = 0;
  #every = "";
  #rows: readonly ListRow[] = [];

  protected override willUpdate(): void {
    const { total, rows, every = "" } = this.source(this.sought, this.first, this.#limit());
    this.#total = total;
    this.#every = every;
    this.#rows = rows;
    this.active = Math.max(0, Math.min(this.active, total - 1));
  }

  override render(): TemplateResult {
    return html`<div class="search">
        ${icon("search")}
        <input type="search" aria-label=${t("list_search", { list: this.label })} placeholder=${t("list_search_short")} .value=${this.sought} @input=${this.#onSearch} @keydown=${this.#onSearchKey} />
      </div>
      <div class="found">
        <div class="count" role="status">${this.sought ? tn("list_found", this.#total) : tn("list_all", this.#total)}</div>
        ${this.#every ? html`<cb-button kind="small" .label=${this.#every} @click=${() => send(this, "cb-every", this.sought)}></cb-button>` : nothing}
      </div>
      ${this.#total > 0 ? this.#window() : nothing}`;
  }

  #window(): TemplateResult {
    const { opens, pickable } = this;
    const role = opens ? "grid" : pickable ? "listbox" : "list";
    // As a property, not an attribute: the page's policy forbids inline styles.
    return html`<div
      class="scroller ${pickable ? "pickable" : ""}"
      .style=${`height:${this.#total * ROW + 2}px`}
      tabindex="0"
      role=${role}
      aria-label=${this.label}
      aria-multiselectable=${pickable && !this.single ? "true" : nothing}
      aria-rowcount=${opens ? this.#total : nothing}
      aria-activedescendant=${pickable ? `${opens ? this.column : "row"}-${this.active}` : nothing}
      @scroll=${this.#onScroll}
      @keydown=${pickable ? this.#onKey : nothing}
    >
      <div class="window" role="presentation" .style=${`height:${this.#total * ROW}px`}>${this.#rows.map((row, index) => (opens ? this.#cells(row, this.first + index) : this.#row(row, this.first + index)))}</div>
    </div>`;
  }

  /** A row whose checkbox picks it and whose rest opens it. */
  #cells(row: ListRow, index: number): TemplateResult {
    const { id, label, picked = false, opened = false } = row;
    const isActive = index === this.active;
    const here = (column: "pick" | "open"): string => (isActive && column === this.column ? "here" : "");
    return html`<div
      class="row cells ${picked ? "picked" : ""} ${opened ? "opened" : ""} ${isActive ? "active" : ""}"
      .style=${`top:${index * ROW}px`}
      role="row"
      aria-selected=${String(picked)}
      aria-rowindex=${index + 1}
    >
      <span class="pick" role="gridcell" @click=${() => this.#pick(id, index)}
        ><span id="pick-${index}" class="box ${here("pick")}" role="checkbox" aria-checked=${String(picked)} aria-label=${label}>${picked ? icon("tick", 12) : nothing}</span></span
      >
      <span class="open" role="gridcell" @click=${() => this.#open(id, index)}
        ><span id="open-${index}" class=${here("open")} role="button" aria-expanded=${String(opened)}>${this.#content(row)}</span></span
      >
    </div>`;
  }

  #row(row: ListRow, index: number): TemplateResult {
    const { pickable } = this;
    const { id, picked = false } = row;
    return html`<div
      id="row-${index}"
      class="row ${picked ? "picked" : ""} ${index === this.active ? "active" : ""}"
      .style=${`top:${index * ROW}px`}
      role=${pickable ? "option" : "listitem"}
      aria-selected=${pickable ? String(picked) : nothing}
      aria-setsize=${this.#total}
      aria-posinset=${index + 1}
      @click=${pickable ? () => this.#pick(id, index) : nothing}
    >
      ${pickable && !this.single ? html`<span class="box">${picked ? icon("tick", 12) : nothing}</span>` : nothing}
      ${this.#content(row)}
    </div>`;
  }

  #content({ label, note, sign, tag, more }: ListRow): TemplateResult {
    return html`${sign ? html`<cb-sign .kind=${sign}></cb-sign>` : nothing}
      <span class="what" title=${note ? `${label}\n${note}` : label}><span>${label}</span>${note ? html`<small>${note}</small>` : nothing}</span>
      ${tag ? html`<span class="tag"><span>${tag}</span>${more ? html`<span>${more}</span>` : nothing}</span>` : nothing}`;
  }

  #limit(): number {
    const height = this.hasUpdated ? (this.scroller?.clientHeight ?? 0) : 0;
    return Math.ceil(Math.max(height, 320) / ROW) + 2 * SPARE;
  }

  #onScroll(): void {
    this.first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
  }

  #onSearch(event: InputEvent & { currentTarget: HTMLInputElement }): void {
    this.sought = event.currentTarget.value;
    this.first = 0;
    this.active = 0;
    if (this.scroller) this.scroller.scrollTop = 0;
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" || this.#total === 0) return;
    event.preventDefault();
    this.scroller.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#total,
      End: this.#total,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      this.active = Math.max(0, Math.min(this.active + step, this.#total - 1));
      this.#show(this.active);
    } else if (this.opens && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.column = event.key === "ArrowLeft" ? "pick" : "open";
    } else if (event.key === " " || event.key === "Enter") {
      const row = this.#rows[this.active - this.first];
      if (row && this.opens && event.key === "Enter") this.#open(row.id, this.active);
      else if (row) this.#pick(row.id, this.active);
    } else return;
    event.preventDefault();
  }

  #show(index: number): void {
    const { scroller } = this;
    const top = index * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + ROW - scroller.clientHeight;
    this.#onScroll();
  }

  #open(id: string, index: number): void {
    [this.active, this.column] = [index, "open"];
    send(this, "cb-open", id);
    this.requestUpdate();
  }

  #pick(id: string, index: number): void {
    [this.active, this.column] = [index, "pick"];
    send(this, "cb-pick", id);
    this.requestUpdate();
  }
}
