/** The integration as files, for other tools and for a ticket. */

import { type ExportFormat, writeReport } from "cowbell-core";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { report } from "../text/report";

/** What can be saved as a file. */
export type Export = ExportFormat | "report";

const FILE: Record<Export, string> = {
  blueprint: "mailcow-blueprint.yaml",
  terraform: "mailcow.tf",
  mailcow_api: "mailcow-identity-provider.json",
  report: "cowbell-report.md",
};

/** Saves the integration as a file, if there is one; otherwise the view says why not. */
export function saveExport({ view, core }: Shell, what: Export): void {
  const text = what === "report" ? reportOf(view) : core.exportAs(what);
  if (text !== undefined) saveFile(what, FILE[what], text);
}

function reportOf({ authentikFacts, mailcowFacts, registration, check }: Shell["view"]): string | undefined {
  const findings = check.kind === "done" ? check.findings : [];
  return (
    registration &&
    writeReport(report({ date: new Date(), authentik: authentikFacts, mailcow: mailcowFacts, registration, findings }))
  );
}
