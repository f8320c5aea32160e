/** Computes every value from two addresses, and tells the page which mailcow they are for. */

import { newDraft, preview, type Preview, type Product, type SetupDraft } from "cowbell-core";
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { addressErrorText, addressNoteText } from "../../extension/src/panel/text/core";
import "../../extension/src/panel/ui/card";
import "../../extension/src/panel/ui/empty";
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

/** What is said of an address: what is wrong with it, or what was understood. */
export interface Said {
  error: string;
  notes: readonly string[];
}

type Say = (product: Product, said: Said) => void;

@customElement("site-values")
export class Values extends LitElement {
  /** What is typed into the two fields above, which are part of the page from the beginning. */
  @property() accessor authentik = "";
  @property() accessor mailcow = "";
  /** Says below the field of a product what is wrong with its address, or what was understood; a hint if there is neither. */
  @property({ attribute: false }) accessor say: Say = () => undefined;

  @state() private accessor draft: SetupDraft = newDraft();

  /** Renders into the document itself, because the page's style sheet defines the layout. */
  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("mailcow")) this.#change({ mailcow: this.mailcow });
  }

  override render(): TemplateResult {
    const { authentik, draft } = this;
    const seen = preview(authentik, draft);
    this.say("authentik", {
      error: authentik && seen.authentikError ? addressErrorText(seen.authentikError) : "",
      notes: notes(authentik, seen.authentik, seen.authentikNotes),
    });
    this.say("mailcow", {
      error: draft.mailcow ? errorOfField(seen, "mailcow") : "",
      notes: notes(draft.mailcow, seen.mailcow, seen.mailcowNotes),
    });
    const change = (part: Partial<SetupDraft>): void => this.#change(part);
    return html`${options(draft, seen, change)} ${seen.form.length > 0 ? results(seen) : this.#waiting(seen)}`;
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
