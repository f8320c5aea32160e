/** A label that says whether a value is required. */

import type { Need } from "cowbell-core";
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../../extension/src/panel/style/base";
import { w } from "./texts";

/** Every label, the most important first. */
export const NEEDS: readonly Need[] = ["necessary", "forgotten", "own_choice", "optional", "guide_only"];

@customElement("site-need")
export class NeedTag extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        flex: none;
      }
      span {
        display: inline-block;
        padding: 0 8px;
        border: 1px solid var(--line);
        border-radius: 10px;
        font-size: 12px;
        line-height: 19px;
        color: var(--dim);
        white-space: nowrap;
      }
      .necessary {
        border-color: transparent;
        background: var(--accent-soft);
        color: var(--accent);
      }
      .forgotten {
        border-color: transparent;
        background: var(--warn-soft);
        color: var(--warn);
      }
      .guide_only {
        border-style: dashed;
        border-color: var(--line-strong);
      }
    `,
  ];

  @property() accessor need: Need = "necessary";

  override render(): TemplateResult {
    return html`<span class=${this.need} title=${w(`need_${this.need}_text`)}>${w(`need_${this.need}`)}</span>`;
  }
}
