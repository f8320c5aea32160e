/**
 * Fields of an object, before and after; of a list only what differs, with the rest folded. A secret is never passed in: its
 * `after` is a word like "known after apply".
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { breakable } from "../text/breakable";
import { t, tn } from "../text/words";

/** One field that changes. No `before`: it is new. No `after`: it is removed. `word`: the value is a remark, not data. */
export interface Difference {
  label: string;
  before?: string | readonly string[];
  after?: string | readonly string[];
  word?: boolean;
}

@customElement("cb-diff")
export class Diff extends LitElement {
  static override styles = [
    base,
    css`
      dl {
        display: grid;
        gap: 6px;
        padding: 6px 0 2px;
      }
      dt:empty {
        display: none;
      }
      dt {
        font-size: var(--small);
        color: var(--dim);
      }
      del,
      ins {
        display: flex;
        gap: 5px;
        width: fit-content;
        max-width: 100%;
        padding: 0 5px;
        border-radius: 3px;
        text-decoration: none;
      }
      del {
        background: var(--bad-soft);
      }
      ins {
        background: var(--good-soft);
      }
      :is(del, ins) + :is(del, ins) {
        margin-top: 1px;
      }
      summary {
        width: fit-content;
        margin-top: 2px;
        font-size: var(--small);
        color: var(--dim);
        cursor: pointer;
      }
      li {
        padding-left: 18px;
      }
      [aria-hidden] {
        color: var(--dim);
        user-select: none;
      }
      span {
        white-space: pre-wrap;
      }
      .word {
        font-style: italic;
        font-family: inherit;
      }
    `,
  ];

  @property({ attribute: false }) accessor differences: readonly Difference[] = [];

  override render(): TemplateResult {
    return html`<dl>
      ${this.differences.map(
        (difference) =>
          html`<div>
            <dt>${difference.label}</dt>
            <dd>${values(difference)}</dd>
          </div>`,
      )}
    </dl>`;
  }
}

function values({ before, after, word }: Difference): TemplateResult {
  const [old, desired] = [items(before), items(after)];
  const removed = old.filter((item) => !desired.includes(item));
  const added = desired.filter((item) => !old.includes(item));
  // If nothing was added or removed, the value differs in form only, and all of it is shown.
  const kept = removed.length + added.length > 0 ? desired.filter((item) => old.includes(item)) : [];
  const isWhole = kept.length === 0;
  return html`${(isWhole ? old : removed).map((item) => html`<del class="mono">${mark("−", t("diff_before"))}<span>${breakable(item)}</span></del>`)}
    ${(isWhole ? desired : added).map((item) => html`<ins class="mono">${mark("+", t("diff_after"))}<span class=${word ? "word" : ""}>${breakable(item)}</span></ins>`)}
    ${
      isWhole
        ? nothing
        : html`<details>
          <summary>${tn("diff_kept", kept.length)}</summary>
          <ul>
            ${kept.map((item) => html`<li class="mono">${breakable(item)}</li>`)}
          </ul>
        </details>`
    }`;
}

function items(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

function mark(sign: string, word: string): TemplateResult {
  return html`<span aria-hidden="true">${sign}</span><span class="heard">${word} </span>`;
}
