/** The integration as files: for other tools, and for a ticket. */

import type { ExportFormat } from "cowbell-core";
import { saveFile } from "../tabs/save";
import type { Shell } from "../shell";
import { report } from "../text/report";

/** What can be saved as a file. */
export type Handover = ExportFormat | "report";

const FILE: Record<Handover, [name: string, type: string]> = {
  blueprint: ["mailcow-blueprint.yaml", "application/yaml"],
  terraform: ["mailcow.tf", "text/plain"],
  mailcow_api: ["mailcow-identity-provider.json", "application/json"],
  report: ["cowbell-report.md", "text/markdown"],
};

/** Saves the integration as a file, if there is one; otherwise the view says why not. */
export function export({ view, core }: Shell, what: Handover): void {
  const text = what === "report" ? reportOf(view) : core.export(what);
  if (text !== undefined) saveFile(...FILE[what], text);
}

function reportOf({ authentikFacts, mailcowFacts, registration, check }: Shell["view"]): string | undefined {
  const findings = check.kind === "done" ? check.findings : [];
  return (
    registration &&
    report({ date: new Date(), authentik: authentikFacts, mailcow: mailcowFacts, registration, findings })
  );
}
