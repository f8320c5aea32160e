/** The integration in Markdown, for a ticket. It contains no secret. */

import type { AuthentikView, FieldRow, Finding, MailcowView, RegistrationView, Severity } from "cowbell-core";
import { findingWords, formFieldText, shownText } from "./core";
import { t } from "./words";

/** What is reported; a side that was not read is omitted. */
export interface Reported {
  date: Date;
  authentik: AuthentikView | undefined;
  mailcow: MailcowView | undefined;
  registration: RegistrationView;
  findings: readonly Finding[];
}

const MARK: Record<Severity, string> = { good: "✓", info: "i", unknown: "?", warning: "!", problem: "✗" };

/** Returns the report. */
export function report({ date, authentik, mailcow, registration, findings }: Reported): string {
  const client: [string, string][] = [
    [t("report_provider"), registration.provider],
    [t("client_id"), registration.clientId],
    [t("client_secret"), t("report_no_secret")],
    [t("report_redirect_uris"), registration.redirectUris.join("\n")],
    [formFieldText("authorize_url"), registration.authorizeUrl],
    [formFieldText("token_url"), registration.tokenUrl],
    [formFieldText("userinfo_url"), registration.userinfoUrl],
  ];
  const about = authentik
    ? t("report_authentik", { address: authentik.address, version: authentik.version, user: authentik.username })
    : "";
  const parts = [
    `# ${t("report_title", { mailcow: registration.mailcow })}`,
    t("report_date", { date: date.toISOString() }),
    `## ${t("product_authentik")}`,
    about,
    table(t("report_setting"), client),
  ];
  if (mailcow) {
    const about = t("report_mailcow", { address: mailcow.address, version: mailcow.version });
    parts.push(`## ${t("product_mailcow")}`, about, table(t("report_setting"), mailcow.rows.map(stored)));
  }
  if (findings.length > 0) parts.push(`## ${t("section_check")}`, findings.map(line).join("\n"));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function stored({ field, before, after, comparison }: FieldRow): [string, string] {
  const now = shownText(before)?.text ?? t("shown_nothing");
  const desired = shownText(after)?.text ?? t("shown_nothing");
  const value = {
    same: now,
    different: t("report_instead", { now, desired }),
    unknown: t("report_not_compared", { now }),
  };
  return [formFieldText(field), value[comparison]];
}

function line(finding: Finding): string {
  const { label, remedy } = findingWords(finding);
  const field = finding.field ? `${formFieldText(finding.field)}: ` : "";
  return `- ${MARK[finding.severity]} ${inline(`${field}${label}${finding.severity === "good" || remedy === "" ? "" : ` ${remedy}`}`)}`;
}

function table(head: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => `| ${inline(name)} | ${inline(value)} |`);
  return [`| ${head} | ${t("report_value")} |`, "| --- | --- |", ...lines].join("\n");
}

/** Escapes a text from a product so that it remains text: no markup, no additional column, no line of its own. */
function inline(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#|!]/g, "\\$&").replace(/\s*\n\s*/g, ", ");
}
