/** The section Set up: the one field that must be filled in, and everything that has a good default. */

import type { AuthentikView, UsersView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { addressNoteText, findingWords } from "../text/core";
import { listed, rich, t, tn } from "../text/words";
import type { ListSource } from "../ui/list";
import { findingCard } from "./findings";
import { errorOfField, groupSource, toggle, type SetupActions, type SetupModel } from "./model";
import { optionFields } from "./options";
import { missingNotice } from "./parts";

/** Returns the form. */
export function setupView(model: SetupModel, actions: SetupActions): TemplateResult {
  return html`<h2 class="title">${t("setup_title")}</h2>
    <p class="lead">${t("setup_lead")}</p>
    ${warnings(model.authentik)} ${address(model, actions)} ${findingCard(model.checked.findings)} ${existing(model)} ${moved(model, actions)} ${audience(model, actions)} ${optionFields(model, actions)} ${planFile(model, actions)}`;
}

/** Offers to load a plan as the alternative to entering the address: for someone with permissions that its author lacked. */
function planFile({ draft, planFile: error }: SetupModel, actions: SetupActions): TemplateResult | typeof nothing {
  if (draft.mailcow !== "") return nothing;
  return html`<cb-card
      ><cb-row .label=${t("plan_file")}><cb-file slot="end" accept="application/json,.json" .label=${t("plan_file_load")} @cb-file=${({ detail }: CustomEvent<File>) => actions.load(detail)}></cb-file>${t("plan_file_note")}</cb-row></cb-card
    >
    <div role="status">${error === undefined ? nothing : html`<cb-notice kind="problem" .label=${t(`plan_file_${error}`)}>${t(`plan_file_${error}_note`)}</cb-notice>`}</div>`;
}

function warnings({ missingPermissions, unknownVersion, version }: AuthentikView): TemplateResult {
  const note = `${t("setup_missing_file")} ${t("setup_missing_note")}`;
  return html`${missingNotice(t("setup_missing"), note, missingPermissions)}
  ${unknownVersion ? html`<cb-notice kind="info" .label=${t("setup_unknown_version", { version })}>${t("setup_unknown_version_note")}</cb-notice>` : nothing}`;
}

function address({ authentik, draft, checked, mailcowAllowed }: SetupModel, actions: SetupActions): TemplateResult {
  const untouched = draft.mailcow === "";
  const understood =
    checked.redirectUri === undefined
      ? []
      : [rich("setup_redirect", { url: html`<b>${checked.redirectUri}</b>` }), ...checked.notes.map(addressNoteText)];
  const known = untouched ? authentik.knownMailcows[0] : undefined;
  return html`<cb-field
      .label=${t("setup_mailcow")}
      .value=${draft.mailcow}
      .hint=${t("setup_mailcow_hint")}
      .error=${untouched ? "" : mailcowAllowed ? errorOfField(checked, "mailcow") : t("forbidden_address")}
      .notes=${understood}
      @cb-input=${({ detail }: CustomEvent<string>) => actions.change({ mailcow: detail })}
    ></cb-field>
    ${
      known
        ? html`<cb-notice kind="info" .label=${t("setup_known", { address: known })}
          ><cb-button slot="action" kind="small" .label=${t("setup_use")} @click=${() => actions.change({ mailcow: known })}></cb-button
        ></cb-notice>`
        : nothing
    }`;
}

/** Returns what already exists, and its state. */
function existing({ checked: { existing: found } }: SetupModel): TemplateResult | typeof nothing {
  if (!found) return nothing;
  const rest = found.remaining;
  if (rest === 0)
    return html`<cb-notice kind="good" .label=${t("setup_in_sync")}>${t("setup_in_sync_note", { provider: found.provider ?? "" })}</cb-notice>`;
  const note = found.provider
    ? t("setup_existing_note", { provider: found.provider, urls: listed(found.redirectUris) })
    : t("setup_existing_application", { application: found.application ?? "" });
  return html`<cb-notice kind=${rest === undefined ? "info" : "warning"} .label=${t("setup_existing")}>${note} ${rest === undefined ? nothing : tn("setup_drifted", rest)}</cb-notice>`;
}

/** Asks whether mailcow has moved, if an integration redirects to another address. */
function moved(
  { authentik: { knownMailcows }, draft, checked }: SetupModel,
  actions: SetupActions,
): TemplateResult | typeof nothing {
  const { redirectUri, existing: found } = checked;
  const others = knownMailcows.filter((address) => address !== redirectUri).slice(0, 3);
  if (redirectUri === undefined || found || draft.previousHosts.length > 0 || others.length === 0) return nothing;
  return html`<cb-notice kind="info" .label=${t("setup_moved")}
    >${t("setup_moved_note")}${others.map(
      (address) =>
        html`<cb-button slot="action" kind="small" .label=${t("setup_moved_from", { address: new URL(address).host })} @click=${() => actions.change({ previousHosts: [address] })}></cb-button>`,
    )}</cb-notice
  >`;
}

function audience({ authentik, draft, checked, users }: SetupModel, actions: SetupActions): TemplateResult {
  const chosen = draft.audience;
  const options = [
    { value: "all", label: t("audience_all") },
    { value: "groups", label: t("audience_groups"), disabled: authentik.groups.length === 0 },
    { value: "users", label: t("audience_users"), disabled: users.kind !== "read" },
  ].map((option) => (option.value === chosen.kind ? { ...option, note: countNote(users) } : option));
  const choose = ({ detail }: CustomEvent<string>): void => {
    if (detail === "groups") actions.change({ audience: { kind: "groups", groups: [] } });
    else if (detail === "users") actions.change({ audience: { kind: "users", users: [] } });
    else actions.change({ audience: { kind: "all" } });
  };
  return html`<cb-choice .label=${t("setup_audience")} .options=${options} .value=${chosen.kind} .error=${errorOfField(checked, "audience")} @cb-choose=${choose}>
    ${
      chosen.kind === "groups"
        ? html`<cb-list slot="groups" pickable .label=${t("groups")} .source=${groupSource(authentik.groups, chosen.groups)} @cb-pick=${({ detail }: CustomEvent<string>) => actions.change({ audience: { kind: "groups", groups: toggle(chosen.groups, detail) } })}></cb-list>`
        : nothing
    }
    ${
      chosen.kind === "users" && users.kind === "read"
        ? html`<cb-list slot="users" pickable .label=${t("users")} .source=${userSource(chosen.users, actions)} @cb-pick=${({ detail }: CustomEvent<string>) => actions.change({ audience: { kind: "users", users: toggle(chosen.users, Number(detail)) } })}></cb-list>`
        : nothing
    }
  </cb-choice>`;
}

function countNote(users: UsersView): string {
  switch (users.kind) {
    case "read":
      return t("audience_counts", {
        total: users.directory.total,
        change: users.directory.counts.change + users.directory.counts.keep,
        keep: users.directory.counts.keep,
      });
    case "reading":
      return users.total > 0
        ? `${t("reading_users")}: ${t("progress_count", { done: users.read, total: users.total })}`
        : t("reading_users");
    case "failed":
      return findingWords(users.error).label;
    case "unread":
      return t("audience_unread");
  }
}

function userSource(picked: readonly number[], actions: SetupActions): ListSource {
  const chosen = new Set(picked);
  return (query, offset, limit) => {
    const { total, rows } = actions.find(query, offset, limit);
    return {
      total,
      rows: rows.map(({ pk, name, username, email, decision }) => {
        const tag = decision === "not_chosen" || decision === "set" ? {} : { tag: t(`decision_${decision}`) };
        return { id: String(pk), label: name || username, note: email || username, picked: chosen.has(pk), ...tag };
      }),
    };
  };
}
