/** The integration as a report, for a ticket. It contains no secret. The core writes it as Markdown. */

import type {
  AuthentikView,
  Block,
  FieldRow,
  Finding,
  MailcowView,
  RegistrationView,
  Severity,
  Shown,
} from "cowbell-core";
import { formFieldText, shownText } from "./core";
import { block, filled, type Line, listed, text } from "./document";
import { parts, t, textOf } from "./words";

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
export function report({ date, authentik, mailcow, registration, findings }: Reported): Block[] {
  const client: [string, Line][] = [
    [t("report_provider"), listed([registration.provider])],
    [t("client_id"), listed([registration.clientId])],
    [t("client_secret"), [text(t("report_no_secret"))]],
    [t("report_redirect_uris"), listed(registration.redirectUris)],
    [formFieldText("authorize_url"), listed([registration.authorizeUrl])],
    [formFieldText("token_url"), listed([registration.tokenUrl])],
    [formFieldText("userinfo_url"), listed([registration.userinfoUrl])],
  ];
  const blocks = [
    block("title", filled(t("report_title"), { mailcow: registration.mailcow })),
    block("paragraph", [text(t("report_date", { date: date.toISOString() }))]),
    block("heading", [text(t("product_authentik"))]),
  ];
  if (authentik) {
    const { address, version, username } = authentik;
    blocks.push(block("paragraph", filled(t("report_authentik"), { address, version, user: username })));
  }
  blocks.push(...client.map(item));
  if (mailcow) {
    const { address, version, rows } = mailcow;
    blocks.push(
      block("heading", [text(t("product_mailcow"))]),
      block("paragraph", filled(t("report_mailcow"), { address, version })),
      ...rows.map((row) => item([formFieldText(row.field), stored(row)])),
    );
  }
  if (findings.length > 0) blocks.push(block("heading", [text(t("section_check"))]), ...findings.map(found));
  return blocks;
}

function stored({ before, after, comparison }: FieldRow): Line {
  const [now, desired] = [shown(before), shown(after)];
  switch (comparison) {
    case "same":
      return now;
    case "different":
      return parts(t("report_instead"), { now, desired }, text);
    case "unknown":
      return parts(t("report_not_compared"), { now }, text);
  }
}

function shown(value: Shown): Line {
  const found = shownText(value);
  if (found === undefined || found.text === "") return [text(t("shown_nothing"))];
  return found.word ? [text(found.text)] : listed(found.items ?? [found.text]);
}

function found({ code, evidence, severity, field }: Finding): Block {
  const facts = Object.fromEntries(evidence.map(({ name, value }) => [name, value]));
  const label = filled(textOf(`finding_${code}`, {}) || code, facts);
  const remedy = severity === "good" ? [] : filled(textOf(`finding_${code}_remedy`, {}), facts);
  const about = field ? [text(`${formFieldText(field)}: `)] : [];
  const space = remedy.length > 0 ? [text(" ")] : [];
  return block("item", [text(`${MARK[severity]} `), ...about, ...label, ...space, ...remedy]);
}

function item([name, line]: readonly [string, Line]): Block {
  return block("item", [text(`${name}: `), ...line]);
}
