/** Fields of an object, before and after. A secret is never handed over: its `after` is a word like "known after apply". */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { breakable } from "../text/breakable";
import { t } from "../text/words";

/** One field that changes. No `before`: it is new. No `after`: it goes. `word`: the value is a remark, not data. */
export interface Difference {
  label: string;
  before?: string;
  after?: string;
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
      del + ins {
        margin-top: 1px;
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
        ({ label, before, after, word }) =>
          html`<div>
            <dt>${label}</dt>
            <dd>
              ${before === undefined ? nothing : html`<del class="mono">${mark("−", t("diff_before"))}<span>${breakable(before)}</span></del>`}
              ${after === undefined ? nothing : html`<ins class="mono">${mark("+", t("diff_after"))}<span class=${word ? "word" : ""}>${breakable(after)}</span></ins>`}
            </dd>
          </div>`,
      )}
    </dl>`;
  }
}

function mark(sign: string, word: string): TemplateResult {
  return html`<span aria-hidden="true">${sign}</span><span class="heard">${word} </span>`;
}
