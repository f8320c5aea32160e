/** The small signs beside the fields of mailcow's form. */

import type { Field, FieldRow, Finding, FormQuery, FormSeen } from "cowbell-core";
import type { Mark } from "../../form";
import { findingWords } from "../text/core";
import { t } from "../text/words";
import { gravest } from "./findings";

/** Returns one mark for each field that has a finding: the most severe one. */
export function marksOf({ form: selector }: FormQuery, form: FormSeen, filled: readonly FieldRow[]): Mark[] {
  const byField = Map.groupBy(form.findings.filter(hasField), ({ field }) => field);
  return [...byField].map(([field, findings]) => {
    const isFilled = filled.some((row) => row.field === field);
    const worst = gravest(findings);
    const { label } = findingWords(worst);
    return {
      // Hidden inputs of the same name precede the lists.
      selector: `${selector} [name="${field}"]:not([type="hidden"])`,
      severity: worst.severity,
      label: isFilled ? `${t("mark_filled")} ${label}` : label,
      filled: isFilled,
    };
  });
}

function hasField(finding: Finding): finding is Finding & { field: Field } {
  return finding.field !== undefined;
}
