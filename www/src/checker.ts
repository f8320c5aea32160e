/** A copy of mailcow's form to paste values into. The core checks each field that was edited, on every input. */

import { checkValues, clean, type Field, type Finding, type Fix, type FormValues } from "cowbell-core";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { findingWords, fixText, formFieldText } from "../../extension/src/panel/text/core";
import "../../extension/src/panel/ui/check";
import "../../extension/src/panel/ui/field";
import "../../extension/src/panel/ui/finding";
import { w } from "./texts";

/** The fields with a single text. */
const TEXTS = {
  authorize_url: "authorizeUrl",
  token_url: "tokenUrl",
  userinfo_url: "userinfoUrl",
  client_id: "clientId",
  client_secret: "clientSecret",
  redirect_url: "redirectUrl",
  client_scopes: "clientScopes",
  default_template: "defaultTemplate",
} as const satisfies Partial<Record<Field, keyof FormValues>>;

const SWITCHES = {
  ignore_ssl_error: "ignoreSslError",
  login_provisioning: "loginProvisioning",
} as const satisfies Partial<Record<Field, keyof FormValues>>;

@customElement("site-checker")
export class Checker extends LitElement {
  /** Address of mailcow, if it is known. */
  @property() accessor mailcow = "";

  @state() private accessor values: FormValues = {};

  /** Renders into the document itself, because the page's style sheet defines the layout. */
  protected override createRenderRoot(): this {
    return this;
  }

  override render(): TemplateResult {
    const findings = checkValues(this.values, this.mailcow || undefined);
    return html`${this.mailcow ? html`<p class="quiet">${w("check_page", { url: this.mailcow })}</p>` : nothing}
      <div class="form">${keys(TEXTS).map((field) => this.#text(field, findings))}</div>
      <div class="form">${keys(SWITCHES).map((field) => this.#switch(field, findings))}</div>`;
  }

  #text(field: keyof typeof TEXTS, findings: readonly Finding[]): TemplateResult {
    const of = findings.filter((finding) => finding.field === field);
    const good = of.filter(({ severity }) => severity === "good").map((finding) => findingWords(finding).label);
    return html`<div>
      <cb-field
        .label=${formFieldText(field)}
        .value=${this.values[TEXTS[field]] ?? ""}
        .notes=${good}
        .type=${field === "client_secret" ? "password" : "text"}
        @cb-input=${({ detail }: CustomEvent<string>) => this.#set(field, detail)}
      ></cb-field>
      ${this.#findings(of)}
    </div>`;
  }

  #switch(field: keyof typeof SWITCHES, findings: readonly Finding[]): TemplateResult {
    const on = this.values[SWITCHES[field]] ?? field === "login_provisioning";
    return html`<div>
      <cb-check
        .label=${formFieldText(field)}
        .checked=${on}
        @cb-check=${({ detail }: CustomEvent<boolean>) => this.#set(field, detail ? "1" : "")}
      ></cb-check>
      ${this.#findings(findings.filter((finding) => finding.field === field))}
    </div>`;
  }

  #findings(findings: readonly Finding[]): TemplateResult {
    return html`<div class="findings" aria-live="polite">
      ${findings
        .filter(({ severity }) => severity !== "good")
        .map((finding) => {
          const { label, remedy } = findingWords(finding);
          const { fix } = finding;
          return html`<cb-finding
            .severity=${finding.severity}
            .label=${label}
            .remedy=${remedy}
            .fix=${fix ? fixText(fix) : ""}
            @cb-fix=${() => fix && this.#mend(fix)}
          ></cb-finding>`;
        })}
    </div>`;
  }

  /** A field that was emptied is no longer checked. */
  #set(field: Field, text: string): void {
    if (isKey(SWITCHES, field)) this.values = { ...this.values, [SWITCHES[field]]: text !== "" };
    else if (isKey(TEXTS, field)) this.values = { ...this.values, [TEXTS[field]]: text || undefined };
  }

  #mend(fix: Fix): void {
    switch (fix.kind) {
      case "set_field":
        this.#set(fix.field, fix.value);
        break;
      case "clean_field":
        if (isKey(TEXTS, fix.field)) this.#set(fix.field, clean(this.values[TEXTS[fix.field]] ?? ""));
        break;
      case "swap_credentials":
        this.values = { ...this.values, clientId: this.values.clientSecret, clientSecret: this.values.clientId };
        break;
      case "set_registered_secret":
        // This finding requires facts read from authentik, which this page never has.
        break;
    }
  }
}

function keys<K extends string>(of: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(of) as K[];
}

function isKey<K extends string>(of: Readonly<Record<K, unknown>>, key: string): key is K {
  return key in of;
}
