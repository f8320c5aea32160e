/** A button with a label. `kind`: `main` is the primary button of a screen, `small` stands beside a row. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { button } from "../style/button";
import { icon, type IconName } from "./icon";

@customElement("cb-button")
export class Button extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    button,
    css`
      :host {
        display: inline-flex;
      }
      button {
        flex: 1;
      }
    `,
  ];

  @property() accessor kind: "" | "main" | "small" | "danger" | "plain" = "";
  /** Label of the button. */
  @property() accessor label = "";
  /** What the button acts on, for screen readers, if the label alone does not tell. */
  @property() accessor about = "";
  /** An icon in front of the label; with `plain` only the icon is shown, and screen readers read the label. */
  @property() accessor icon: IconName | "" = "";
  @property({ type: Boolean }) accessor disabled = false;
  /** Whether it shows something that is open now. */
  @property({ type: Boolean }) accessor pressed = false;

  override render(): TemplateResult {
    const alone = this.kind === "plain";
    return html`<button
      class=${this.kind}
      type="button"
      ?disabled=${this.disabled}
      aria-label=${alone ? this.label : nothing}
      aria-pressed=${this.pressed ? "true" : nothing}
      title=${alone ? this.label : nothing}
    >
      ${this.icon ? icon(this.icon) : nothing}${alone ? nothing : this.label}${this.about ? html` <span class="heard">${this.about}</span>` : nothing}
    </button>`;
  }
}
