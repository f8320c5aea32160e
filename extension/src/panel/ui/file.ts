/** A button that opens a file dialog. Sends `cb-file` with the file. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import "./button";
import { send } from "./event";

@customElement("cb-file")
export class FileChoice extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
      }
    `,
  ];

  @property() accessor label = "";
  /** Which files are offered, as in `<input accept>`. */
  @property() accessor accept = "";

  override render(): TemplateResult {
    return html`<cb-button kind="small" .label=${this.label} @click=${() => this.renderRoot.querySelector("input")?.click()}></cb-button>
      <input type="file" hidden tabindex="-1" accept=${this.accept} @change=${this.#onChange} />`;
  }

  #onChange(event: Event & { currentTarget: HTMLInputElement }): void {
    const input = event.currentTarget;
    const file = input.files?.[0];
    // Reset, so that selecting the same file again sends an event.
    input.value = "";
    if (file) send(this, "cb-file", file);
  }
}
