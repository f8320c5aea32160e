/** Texts for the codes of the core. */

import type {
  AddressError,
  AddressNote,
  Change,
  DraftError,
  Field,
  FieldChange,
  Finding,
  Fix,
  SkipReason,
  Remark,
  Shown,
  UserReason,
} from "cowbell-core";
import { languageOf } from "./source";
import { listed, t, textOf, tn } from "./words";

/**
 * Returns a value as displayed; `word` if it is a remark rather than data, `items` if it is a list; `undefined` if there is none.
 */
export function shownText(value: Shown): { text: string; word?: boolean; items?: readonly string[] } | undefined {
  switch (value.kind) {
    case "absent":
      return undefined;
    case "text":
      return { text: value.text };
    case "list":
      return { text: value.items.join("\n"), items: value.items };
    case "switch":
      return { text: t(value.on ? "shown_on" : "shown_off"), word: true };
    case "secret":
      return { text: t("shown_secret", { length: value.length }) };
    case "unknown":
      return { text: t("shown_unknown"), word: true };
    case "known_after_apply":
      return { text: t("shown_known_after_apply"), word: true };
  }
}

/** Kind and name of an object. */
export function objectName({ kind, name }: Pick<Change, "kind" | "name">): string {
  return t("object", { kind: t(`kind_${kind}`), name });
}

export function remarkText(remark: Remark): string {
  switch (remark.kind) {
    case "guide_only":
    case "adopted":
    case "necessary":
    case "own_authentication_flow":
    case "template_each_time":
    case "all_bindings_required":
    case "binding_expires":
    case "access_restricted":
      return t(`remark_${remark.kind}`);
    case "other_mapping_deselected":
    case "another_provider":
      return t(`remark_${remark.kind}`, { name: remark.name });
    case "redirect_uri_replaced":
    case "redirect_uri_previous":
      return t(`remark_${remark.kind}`, { url: remark.url });
    case "bindings_hidden":
    case "permission_missing":
      return t(`remark_${remark.kind}`, { permission: remark.permission });
    case "other_redirect_uris":
    case "other_bindings":
    case "negated_bindings":
    case "own_value_wins":
      return tn(`remark_${remark.kind}`, remark.count);
  }
}

export function draftErrorText(error: DraftError): string {
  switch (error.kind) {
    case "address":
      return addressErrorText(error.error);
    case "taken":
      return t("draft_taken", { by: error.by, alternative: error.alternative });
    default:
      return t(`draft_${error.kind}`);
  }
}

export function addressErrorText(error: AddressError): string {
  return t(`address_error_${error}`);
}

export function addressNoteText(note: AddressNote): string {
  return t(`address_note_${note}`);
}

export function reasonText(reason: UserReason): string {
  switch (reason.kind) {
    case "not_allowed":
      return t("reason_not_allowed", { permission: reason.permission });
    case "rejected":
      return t("reason_rejected", { detail: reason.detail });
    case "attribute_rule":
      return t("reason_attribute_rule", { attribute: reason.attribute, detail: reason.detail });
    case "status":
      return t("reason_status", { status: String(reason.status) });
    default:
      return t(`reason_${reason.kind}`);
  }
}

export function skipReasonText(reason: SkipReason): string {
  switch (reason.kind) {
    case "in_use":
      return t("skipped_in_use", { by: reason.by });
    case "rejected":
      return t("skipped_rejected", { detail: reason.detail });
    default:
      return t(`skipped_${reason.kind}`, { fields: listed(reason.fields) });
  }
}

/** Returns a finding in two sentences: what was found, and what to do. */
export function findingWords({ code, evidence }: Finding): { label: string; remedy: string } {
  const facts = Object.fromEntries(evidence.map(({ name, value }) => [name, value]));
  return { label: textOf(`finding_${code}`, facts) || code, remedy: textOf(`finding_${code}_remedy`, facts) };
}

/** Returns the label of the button that fixes a finding. */
export function fixText({ kind }: Fix): string {
  return t(`fix_${kind}`);
}

/** Returns the name of a field of mailcow's form, as mailcow labels it. */
export function formFieldText(field: Field): string {
  return t(`form_${field}`, {}, languageOf("mailcow"));
}

/** Returns the name of a field of an object, as authentik labels it. */
export function objectFieldText(field: FieldChange["field"]): string {
  return t(`field_${field}`, {}, languageOf("authentik"));
}

/** Returns a duration, rounded to seconds or minutes. */
export function timeText(seconds: number): string {
  return seconds < 90 ? tn("seconds", Math.max(1, Math.round(seconds))) : tn("minutes", Math.round(seconds / 60));
}
