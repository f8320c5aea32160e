/** Everything that has a default. */

import type { DraftField, Preview, SetupDraft } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import { t, type Key } from "../../extension/src/panel/text/words";
import "../../extension/src/panel/ui/card";
import "../../extension/src/panel/ui/choice";
import "../../extension/src/panel/ui/disclosure";
import "../../extension/src/panel/ui/field";
import { errorOfField } from "../../extension/src/panel/view/model";
import { w } from "./texts";

type Change = (part: Partial<SetupDraft>) => void;

/** Any group, because the group makes no difference to the values. */
const SOME_GROUP: SetupDraft["verifiedBy"] = { kind: "group_attribute", group: "group" };

export function options(draft: SetupDraft, seen: Preview, change: Change): TemplateResult {
  const hows = [
    { value: "user_attribute", label: t("how_user"), note: t("how_user_note") },
    { value: "group_attribute", label: t("how_group"), note: t("how_group_note") },
  ];
  const choose = ({ detail }: CustomEvent<string>): void =>
    change({ verifiedBy: detail === SOME_GROUP.kind ? SOME_GROUP : { kind: "user_attribute" } });
  return html`<cb-card>
    <cb-disclosure .label=${t("setup_options")} .summary=${w("options_summary")}>
      <div class="options">
        ${hosts(draft, seen, change)} ${text(draft, seen, change, "applicationName", "application_name", "options_name")}
        ${text(draft, seen, change, "applicationSlug", "application_slug", "options_slug")}
        ${text(draft, seen, change, "providerName", "provider_name", "options_provider")} ${text(draft, seen, change, "mappingName", "mapping_name", "options_mapping")}
        <cb-choice .label=${t("setup_how")} .options=${hows} .value=${draft.verifiedBy.kind} @cb-choose=${choose}></cb-choice>
      </div>
    </cb-disclosure>
  </cb-card>`;
}

function text(
  draft: SetupDraft,
  seen: Preview,
  change: Change,
  member: "applicationName" | "applicationSlug" | "providerName" | "mappingName",
  field: DraftField,
  label: Key,
): TemplateResult {
  return html`<cb-field
    .label=${t(label)}
    .value=${draft[member] ?? ""}
    .error=${errorOfField(seen, field)}
    @cb-input=${({ detail }: CustomEvent<string>) => change({ [member]: detail })}
  ></cb-field>`;
}

/** One field more than there are host names, so that there is always an empty one. */
function hosts({ additionalHosts }: SetupDraft, seen: Preview, change: Change): TemplateResult[] {
  return [...additionalHosts, ""].map((host, index) => {
    const input = ({ detail }: CustomEvent<string>): void => {
      const next = index < additionalHosts.length ? additionalHosts.with(index, detail) : [...additionalHosts, detail];
      change({ additionalHosts: next.filter((typed, at) => typed !== "" || at < index) });
    };
    return html`<cb-field .label=${t("options_additional_hosts")} .value=${host} .error=${errorOfField(seen, "additional_hosts", index)} @cb-input=${input}></cb-field>`;
  });
}
