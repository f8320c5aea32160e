/** A plan as Markdown, for a ticket or a colleague. Of a secret it shows only the length, as the panel does. */

import type { Change, PlanView, Shown } from "cowbell-core";
import { objectFieldText, objectName, remarkText, shownText } from "../text/core";
import { t, tn } from "../text/words";

/** Returns the whole plan. */
export function planText({ changes, users }: PlanView): string {
  const objects = changes.filter(({ kind }) => kind !== "users");
  return [
    ...objects.map(changeText),
    `## ${tn("plan_users_change", users.change)}\n\n${tn("plan_users_keep", users.keep)}`,
  ].join("\n\n");
}

function changeText(change: Change): string {
  const tag =
    change.action === "update" ? t("action_update", { count: change.fields.length }) : t(`action_${change.action}`);
  const fields = change.fields.map(
    ({ field, before, after }) => `- ${objectFieldText(field)}: ${valueText(before)} → ${valueText(after)}`,
  );
  return [
    `## ${objectName(change)}: ${tag}`,
    ...change.remarks.map(remarkText),
    ...(fields.length > 0 ? [fields.join("\n")] : []),
  ].join("\n\n");
}

/** Puts a value on one line, with line breaks as JavaScript escapes them. */
function valueText(value: Shown): string {
  const shown = shownText(value);
  if (!shown) return t("shown_nothing");
  return shown.word ? shown.text : `\`${shown.text.includes("\n") ? JSON.stringify(shown.text) : shown.text}\``;
}
