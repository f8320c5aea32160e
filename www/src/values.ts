/** Computes every value from two addresses, and tells the page which mailcow they are for. */

import { newDraft, preview, type Preview, type SetupDraft } from "cowbell-core";
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { addressErrorText, addressNoteText } from "../../extension/src/panel/text/core";
import { t } from "../../extension/src/panel/text/words";
import "../../extension/src/panel/ui/card";
import "../../extension/src/panel/ui/empty";
import "../../extension/src/panel/ui/field";
import { errorOfField } from "../../extension/src/panel/view/model";
import { options } from "./options";
import { results } from "./results";
import { w } from "./texts";

declare global {
  interface HTMLElementEventMap {
    /** Another mailcow was entered; the detail is its address, empty while it is invalid. */
    "site-mailcow": CustomEvent<string>;
  }
}

@customElement("site-values")
export class Values extends LitElement {
  /** What was typed before. */
  @property({ attribute: false }) accessor typed = { authentik: "", mailcow: "" };

  @state() private accessor authentik = "";
  @state() private accessor draft: SetupDraft = newDraft();

  /** Renders into the document itself, because the page's style sheet defines the layout. */
  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("typed")) return;
    this.authentik = this.typed.authentik;
    this.#change({ mailcow: this.typed.mailcow });
  }

  override render(): TemplateResult {
    const seen = preview(this.authentik, this.draft);
    const authentikError = this.authentik && seen.authentikError ? addressErrorText(seen.authentikError) : "";
    const change = (part: Partial<SetupDraft>): void => this.#change(part);
    return html`<div class="addresses">
        <cb-field
          .label=${w("authentik_address")}
          placeholder="https://authentik.company"
          .hint=${w("authentik_hint")}
          .value=${this.authentik}
          .error=${authentikError}
          .notes=${notes(this.authentik, seen.authentik, seen.authentikNotes)}
          @cb-input=${({ detail }: CustomEvent<string>) => (this.authentik = detail)}
        ></cb-field>
        <cb-field
          .label=${t("setup_mailcow")}
          placeholder="https://mailcow.company"
          .hint=${t("setup_mailcow_hint")}
          .value=${this.draft.mailcow}
          .error=${this.draft.mailcow ? errorOfField(seen, "mailcow") : ""}
          .notes=${notes(this.draft.mailcow, seen.mailcow, seen.mailcowNotes)}
          @cb-input=${({ detail }: CustomEvent<string>) => change({ mailcow: detail })}
        ></cb-field>
      </div>
      ${options(this.draft, seen, change)} ${seen.form.length > 0 ? results(seen) : this.#waiting(seen)}`;
  }

  #change(part: Partial<SetupDraft>): void {
    this.draft = { ...this.draft, ...part };
    if (part.mailcow !== undefined) {
      const { mailcow } = preview(this.authentik, this.draft);
      this.dispatchEvent(new CustomEvent("site-mailcow", { detail: mailcow ?? "" }));
    }
  }

  #waiting(seen: Preview): TemplateResult {
    const typed = this.authentik !== "" && this.draft.mailcow !== "";
    const isInvalid = typed && (seen.authentikError !== undefined || seen.errors.length > 0);
    return html`<cb-card><cb-empty .label=${w("waiting_title")} .text=${w(isInvalid ? "invalid_text" : "waiting_text")}></cb-empty></cb-card>`;
  }
}

function notes(typed: string, understood: string | undefined, changed: Preview["mailcowNotes"]): string[] {
  if (!typed || understood === undefined || understood === typed) return [];
  return [w("understood", { url: understood }), ...changed.map(addressNoteText)];
}
