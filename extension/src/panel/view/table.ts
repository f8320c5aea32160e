/** What the sections about people have in common: the table of who can sign in, while it is read and once it is known. */

import type { ReadinessStatus } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import type { Shell } from "../shell";
import { t } from "../text/words";
import { errorNotice } from "./parts";

/** The table, once it is known. */
export type Table = Extract<ReadinessStatus, { kind: "done" }>;

/** Returns what is shown of the table, or why it is not known. */
export function whenRead({ view, send }: Shell, show: (table: Table) => TemplateResult): TemplateResult {
  const { check, readiness, users } = view;
  if (check.kind === "checking") return html`<cb-loading .label=${t("check_checking")}></cb-loading>`;
  switch (readiness.kind) {
    case "none":
    case "reading":
      return users.kind === "reading" && users.total > 0
        ? html`<cb-progress .label=${t("reading_users")} .done=${users.read} .total=${users.total}></cb-progress>`
        : html`<cb-loading .label=${t("readiness_reading")}></cb-loading>`;
    case "failed":
      return errorNotice(readiness.error, { label: t("retry"), run: () => send({ kind: "check" }) });
    case "absent":
      return html`<p class="lead">${t("readiness_needs")}</p>`;
    case "done":
      return show(readiness);
  }
}
