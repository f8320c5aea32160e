/** A test sign-in. */

import { html, nothing, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { t } from "../text/words";

/** Returns the row with the button and the outcome. Nothing if no sign-in can be tried. */
export function testSignInView({
  view: { testSignIn, offers, mailcow },
  send,
}: Shell): TemplateResult | typeof nothing {
  if (!offers.testSignIn) return nothing;
  const watching = testSignIn?.kind === "watching";
  return html`<cb-card class="section"
      ><cb-row .sign=${watching ? "working" : ""} .label=${t("test_sign_in")}
        ><cb-button slot="end" kind="small" .label=${t(watching ? "cancel" : "test_sign_in_run")} .about=${watching ? t("test_sign_in") : ""} @click=${() => send({ kind: watching ? "cancel_test_sign_in" : "try_sign_in" })}></cb-button
        >${watching ? t("test_sign_in_watching") : t("test_sign_in_note", { host: "host" in mailcow ? mailcow.host : "" })}</cb-row
      >
      ${watching && testSignIn.closed ? html`<cb-secret .label=${t("test_sign_in_closed")} .shown=${testSignIn.url} .value=${() => testSignIn.url}></cb-secret>` : nothing}
    </cb-card>
    <div role="status">
      ${testSignIn && testSignIn.kind !== "watching" ? html`<cb-notice kind=${testSignIn.kind === "passed" ? "good" : testSignIn.kind === "refused" ? "problem" : "info"} .label=${t(`test_sign_in_${testSignIn.kind}`)}>${t(`test_sign_in_${testSignIn.kind}_note`)}</cb-notice>` : nothing}
    </div>`;
}
