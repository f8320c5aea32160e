/** Elements that several sections share. */

import type { ConnectionView, Finding, Kind, Lost, PartState, Progress, RegistrationView, Shown } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { breakable } from "../text/breakable";
import { findingWords, objectName, shownText } from "../text/core";
import { t, tn } from "../text/words";
import type { Difference } from "../ui/diff";
import type { SignKind } from "../ui/sign";

/** Returns an error as a notice, with an optional button. */
export function errorNotice(error: Finding, action?: { label: string; run: () => void }): TemplateResult {
  const { label, remedy } = findingWords(error);
  return html`<cb-notice kind="problem" .label=${label}
    >${breakable(remedy)}${action ? html`<cb-button slot="action" kind="small" .label=${action.label} @click=${action.run}></cb-button>` : nothing}</cb-notice
  >`;
}

/** Returns a notice that lists missing permissions below a note; nothing if none is missing. */
export function missingNotice(
  label: string,
  note: string,
  permissions: readonly string[],
): TemplateResult | typeof nothing {
  if (permissions.length === 0) return nothing;
  return html`<cb-notice kind="warning" .label=${label}>${note}${permissions.map((permission) => html`<br />${breakable(permission)}`)}</cb-notice>`;
}

/** Says why the panel cannot be shown; the details for a bug report are folded. */
export function brokenView({ label, details }: { label: string; details?: string }): TemplateResult {
  return html`<cb-notice kind="problem" .label=${t("error_unexpected")}>${label}</cb-notice>
    ${
      details === undefined
        ? nothing
        : html`<cb-card>
          <cb-disclosure .label=${t("error_details")}>
            <p class="report">${details}</p>
            <cb-copy .about=${t("error_details")} .value=${() => details}></cb-copy>
          </cb-disclosure>
        </cb-card>`
    }`;
}

const NOTES = {
  closed: "lost_note",
  ended: "lost_note",
  loaded: "lost_loaded_note",
  unreachable: "lost_unreachable_note",
  unused: "lost_unused_note",
} as const satisfies Record<Lost, unknown>;

/** Says that a tab is lost, if it is. */
export function lostNotice(
  product: "authentik" | "mailcow",
  connection: ConnectionView,
): TemplateResult | typeof nothing {
  if (connection.kind !== "lost") return nothing;
  const { why } = connection;
  const named = { product: t(`product_${product}`) };
  return html`<cb-notice kind="warning" .label=${t(`lost_${why}`, named)}>${t(NOTES[why], named)}</cb-notice>`;
}

/** Returns a field before and after. */
export function differenceOf(label: string, before: Shown, after: Shown): Difference {
  const [old, desired] = [shownText(before), shownText(after)];
  return {
    label,
    ...(old ? { before: old.items ?? old.text } : {}),
    ...(desired ? { after: desired.items ?? desired.text, word: desired.word ?? false } : {}),
  };
}

const SIGN: Record<PartState, SignKind> = {
  waiting: "waiting",
  running: "working",
  done: "good",
  failed: "problem",
  kept: "keep",
};

/** Returns the objects of a run, and its users in one line. */
export function partRows({ parts, usersDone, usersTotal, usersFailed }: Progress): TemplateResult[] {
  return parts.map(({ kind, name, state }) =>
    kind === "users"
      ? html`<cb-row .sign=${SIGN[state]} .label=${t("run_users", { done: usersDone, total: usersTotal })}
          >${usersFailed > 0 ? tn("run_users_failed", usersFailed) : nothing}</cb-row
        >`
      : partRow(kind, name, state),
  );
}

function partRow(kind: Kind, name: string, state: PartState): TemplateResult {
  return html`<cb-row .sign=${SIGN[state]} .label=${objectName({ kind, name })}>${state === "kept" ? t("part_kept") : nothing}</cb-row>`;
}

/** Returns the values to enter in mailcow, each with a button that copies it. */
export function credentials(
  { clientId, secretLength, provider }: RegistrationView,
  secret: () => string,
): TemplateResult {
  return html`<cb-card .heading=${t("done_for_mailcow")}>
    <cb-secret .label=${t("client_id")} .shown=${clientId} .value=${() => clientId}></cb-secret>
    ${
      secretLength === undefined
        ? html`<cb-row .label=${t("client_secret")}>${t("secret_unknown", { provider })}</cb-row>`
        : html`<cb-secret .label=${t("client_secret")} .length=${secretLength} .value=${secret}></cb-secret>`
    }
  </cb-card>`;
}

/** Scrolls to a result that may be out of view. One constant function, so that Lit calls it once per element. */
export function intoView(element: Element | undefined): void {
  // Its components have no height before they are rendered.
  if (element) requestAnimationFrame(() => element.scrollIntoView({ block: "nearest" }));
}

/** Rows per call of the core when a whole list is needed. */
const ROWS = 1000;

/** Returns all rows of a list of the core. */
export function everyRow<Row>(find: (offset: number, limit: number) => { total: number; rows: readonly Row[] }): Row[] {
  const found: Row[] = [];
  for (let total = 1; found.length < total; ) {
    const page = find(found.length, ROWS);
    if (page.rows.length === 0) break;
    total = page.total;
    found.push(...page.rows);
  }
  return found;
}
