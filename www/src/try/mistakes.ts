/** What can be spoilt, and what puts it right (`tests/standins/src/world/mistakes.rs` makes it). */

import type { Section } from "cowbell-core";

/** What mends a mistake: a plan for authentik, saving in mailcow, or somebody outside of both. */
export type Mend = "plan" | "save" | "outside";

export interface Mistake {
  mend: Mend;
  /** Where Cowbell names it. */
  section: Section;
}

export const MISTAKES = {
  secret_replaced: { mend: "save", section: "check" },
  secret_empty: { mend: "save", section: "check" },
  redirect_slash: { mend: "save", section: "check" },
  token_without_slash: { mend: "save", section: "check" },
  scope_email_missing: { mend: "save", section: "check" },
  no_default_template: { mend: "save", section: "check" },
  template_inactive: { mend: "outside", section: "check" },
  email_mapping_deleted: { mend: "plan", section: "check" },
  bound_to_small_group: { mend: "outside", section: "readiness" },
  http_behind_proxy: { mend: "outside", section: "check" },
  authentik_not_found: { mend: "outside", section: "check" },
  untrusted_certificate: { mend: "outside", section: "check" },
  mailcow_down: { mend: "outside", section: "check" },
  signed_out_of_mailcow: { mend: "outside", section: "check" },
} as const satisfies Readonly<Record<string, Mistake>>;

export type MistakeId = keyof typeof MISTAKES;

export const MISTAKE_IDS = Object.keys(MISTAKES) as MistakeId[];
