/** Everything in Set up that has a default. */

import type { Choice, Defaults, SetupDraft, TemplateRule } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { t } from "../text/words";
import type { Option } from "../ui/choice";
import { panelLanguage } from "./language";
import { errorOfField, groupSource, toggle, type SetupActions, type SetupModel } from "./model";

/** Returns the options, folded, with the current values visible. */
export function optionFields(model: SetupModel, actions: SetupActions): TemplateResult | typeof nothing {
  const { authentik, checked } = model;
  const { defaults } = checked;
  if (!defaults) return nothing;
  const named = (choices: readonly Choice[], key: string): string =>
    choices.find((choice) => choice.key === key)?.name ?? t("options_key_none");
  const summary = t("options_summary", {
    name: defaults.applicationName,
    flow: named(authentik.authorizationFlows, defaults.authorizationFlow),
    key: named(authentik.signingKeys, defaults.signingKey),
  });
  return html`<cb-card>
    <cb-disclosure .label=${t("setup_options")} .summary=${summary}>
      ${how(model, actions)} ${access(model, actions)} ${templates(model, actions, defaults)} ${hosts(model, "additionalHosts", actions)} ${hosts(model, "previousHosts", actions)}
      ${text(model, actions, "applicationName", "application_name", t("options_name"), defaults)} ${text(model, actions, "applicationSlug", "application_slug", t("options_slug"), defaults)}
      ${text(model, actions, "applicationGroup", undefined, t("options_group"), defaults)} ${text(model, actions, "launchUrl", "launch_url", t("options_launch"), defaults)}
      ${text(model, actions, "providerName", "provider_name", t("options_provider"), defaults)} ${text(model, actions, "mappingName", "mapping_name", t("options_mapping"), defaults)}
      ${menu(actions, "authorizationFlow", t("options_authorization"), choices(authentik.authorizationFlows), defaults.authorizationFlow)}
      ${menu(actions, "invalidationFlow", t("options_invalidation"), choices(authentik.invalidationFlows), defaults.invalidationFlow)}
      ${menu(actions, "signingKey", t("options_key"), [...choices(authentik.signingKeys), { value: "", label: t("options_key_none") }], defaults.signingKey, t("options_key_hint"))}
      ${panelLanguage(actions.speak)}
    </cb-disclosure>
  </cb-card>`;
}

type TextMember =
  | "applicationName"
  | "applicationSlug"
  | "applicationGroup"
  | "launchUrl"
  | "providerName"
  | "mappingName";

function text(
  { draft, checked }: SetupModel,
  actions: SetupActions,
  member: TextMember,
  field: Parameters<typeof errorOfField>[1] | undefined,
  label: string,
  defaults: Defaults,
): TemplateResult {
  return html`<cb-field
    .label=${label}
    .value=${draft[member] ?? defaults[member]}
    .error=${field ? errorOfField(checked, field) : ""}
    @cb-input=${({ detail }: CustomEvent<string>) => actions.change({ [member]: detail })}
  ></cb-field>`;
}

function menu(
  actions: SetupActions,
  member: "authorizationFlow" | "invalidationFlow" | "signingKey",
  label: string,
  options: readonly Option[],
  value: string,
  hint = "",
): TemplateResult {
  return html`<cb-select .label=${label} .options=${options} .value=${value} .hint=${hint} @cb-choose=${({ detail }: CustomEvent<string>) => actions.change({ [member]: detail })}></cb-select>`;
}

function choices(of: readonly Choice[]): Option[] {
  return of.map(({ key, name }) => ({ value: key, label: name }));
}

function how({ authentik, draft: { verifiedBy } }: SetupModel, actions: SetupActions): TemplateResult {
  const options = [
    { value: "user_attribute", label: t("how_user"), note: t("how_user_note") },
    {
      value: "group_attribute",
      label: t("how_group"),
      note: t("how_group_note"),
      disabled: authentik.groups.length === 0,
    },
  ];
  const group = (key: string): void => actions.change({ verifiedBy: { kind: "group_attribute", group: key } });
  const choose = ({ detail }: CustomEvent<string>): void => {
    if (detail === "group_attribute") group(authentik.groups[0]?.key ?? "");
    else actions.change({ verifiedBy: { kind: "user_attribute" } });
  };
  return html`<cb-choice .label=${t("setup_how")} .options=${options} .value=${verifiedBy.kind} @cb-choose=${choose}>
    ${
      verifiedBy.kind === "group_attribute"
        ? html`<cb-select
          slot="group_attribute"
          .label=${t("how_which_group")}
          .options=${choices(authentik.groups)}
          .value=${verifiedBy.group}
          @cb-choose=${({ detail }: CustomEvent<string>) => group(detail)}
        ></cb-select>`
        : nothing
    }
  </cb-choice>`;
}

function access({ authentik, draft, checked }: SetupModel, actions: SetupActions): TemplateResult {
  const chosen = draft.access;
  const options = [
    { value: "keep", label: t("access_keep"), note: t("access_keep_note") },
    { value: "everybody", label: t("access_everybody") },
    { value: "groups", label: t("access_groups"), disabled: authentik.groups.length === 0 },
  ];
  const values: Record<string, SetupDraft["access"]> = {
    keep: undefined,
    everybody: { kind: "everybody" },
    groups: { kind: "groups", groups: [] },
  };
  return html`<cb-choice
    .label=${t("setup_access")}
    .options=${options}
    .value=${chosen?.kind ?? "keep"}
    .error=${errorOfField(checked, "access")}
    @cb-choose=${({ detail }: CustomEvent<string>) => actions.change({ access: values[detail] })}
  >
    ${
      chosen?.kind === "groups"
        ? html`<cb-list slot="groups" pickable .label=${t("groups")} .source=${groupSource(authentik.groups, chosen.groups)} @cb-pick=${({ detail }: CustomEvent<string>) => actions.change({ access: { kind: "groups", groups: toggle(chosen.groups, detail) } })}></cb-list>`
        : nothing
    }
  </cb-choice>`;
}

/** One row more than there are rules, so that there is always a group to select; a rule without a group is removed. */
function templates(
  { authentik, mailcowTemplates, draft, checked }: SetupModel,
  actions: SetupActions,
  defaults: Defaults,
): TemplateResult {
  const rules = draft.templates ?? defaults.templates;
  const groups = [
    { value: "", label: t("options_template_no_group") },
    ...authentik.groups.map(({ name }) => ({ value: name, label: name })),
  ];
  const row = (rule: TemplateRule | undefined, index: number): TemplateResult => {
    const put = (changed: TemplateRule): void =>
      actions.change({ templates: rule ? rules.with(index, changed) : [...rules, changed] });
    const chooseGroup = ({ detail }: CustomEvent<string>): void => {
      if (detail) put({ group: detail, template: rule?.template ?? mailcowTemplates[0] ?? "" });
      else actions.change({ templates: rules.toSpliced(index, 1) });
    };
    return html`<div class="pair">
      <cb-select .label=${t("options_template_group")} .options=${groups} .value=${live(rule?.group ?? "")} @cb-choose=${chooseGroup}></cb-select>
      ${rule ? templateField(rule.template, mailcowTemplates, (template) => put({ ...rule, template })) : nothing}
    </div>`;
  };
  const error = rules.map((_, index) => errorOfField(checked, "templates", index)).find((text) => text !== "");
  return html`<cb-group .label=${t("options_templates")} .note=${t("options_templates_note")} .error=${error ?? ""}>${[...rules, undefined].map(row)}</cb-group>`;
}

/** Returns a menu of mailcow's templates, if they are known. */
function templateField(template: string, known: readonly string[], put: (template: string) => void): TemplateResult {
  const label = t("options_template");
  if (known.length === 0)
    return html`<cb-field .label=${label} .value=${template} @cb-input=${({ detail }: CustomEvent<string>) => put(detail)}></cb-field>`;
  const names = [...new Set([template, ...known])].filter((name) => name !== "");
  return html`<cb-select .label=${label} .options=${names.map((name) => ({ value: name, label: name }))} .value=${live(template)} @cb-choose=${({ detail }: CustomEvent<string>) => put(detail)}></cb-select>`;
}

const HOSTS = { additionalHosts: "additional_hosts", previousHosts: "previous_hosts" } as const;

/** One field more than there are host names, so that there is always an empty one. */
function hosts({ draft, checked }: SetupModel, list: keyof typeof HOSTS, actions: SetupActions): TemplateResult[] {
  const hosts = draft[list];
  return [...hosts, ""].map((host, index) => {
    const input = ({ detail }: CustomEvent<string>): void => {
      const next = index < hosts.length ? hosts.with(index, detail) : [...hosts, detail];
      actions.change({ [list]: next.filter((text, at) => text !== "" || at < index) });
    };
    return html`<cb-field .label=${t(`options_${HOSTS[list]}`)} .value=${host} .error=${errorOfField(checked, HOSTS[list], index)} @cb-input=${input}></cb-field>`;
  });
}
