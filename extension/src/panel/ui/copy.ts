/** A button that copies a value, which is fetched only when the button is pressed. Sends `cb-copied` once it is copied. */

import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import "./button";
import { send } from "./event";

@customElement("cb-copy")
export class Copy extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        flex: none;
      }
    `,
  ];

  /** What is copied, for screen readers. */
  @property() accessor about = "";
  /** Returns the value when it is copied. */
  @property({ attribute: false }) accessor value: () => string = () => "";
  /** Identifies the value without revealing it: when it changes, the new value has not been copied yet. */
  @property() accessor version = "";

  @state() private accessor said: "" | "copied" | "copy_refused" = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("version")) this.said = "";
  }

  override render(): TemplateResult {
    const label = t(this.said || "copy");
    return html`<cb-button kind="small" icon=${this.said === "copied" ? "tick" : "copy"} .label=${label} .about=${this.about} @click=${this.#copy}></cb-button>
      <span class="heard" role="status">${this.said ? label : ""}</span>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.value());
      this.said = "copied";
      send(this, "cb-copied", undefined);
    } catch {
      this.said = "copy_refused";
    }
  }
}
