/** What the form in Set up works with. */

import type {
  AuthentikView,
  Choice,
  DraftField,
  DraftView,
  PlanFileError,
  SetupDraft,
  UserRows,
  UsersView,
} from "cowbell-core";
import { draftErrorText } from "../text/core";
import type { Language } from "../text/languages";
import { tn } from "../text/words";
import type { ListSource } from "../ui/list";

/** The actions of the form. */
export interface SetupActions {
  change: (change: Partial<SetupDraft>) => void;
  find: (text: string, offset: number, limit: number) => UserRows;
  /** Loads a plan that someone else saved. */
  load: (file: File) => Promise<void>;
  /** Shows the panel in another language. */
  speak: (language: Language) => void;
}

export interface SetupModel {
  authentik: AuthentikView;
  draft: SetupDraft;
  checked: DraftView;
  /** Whether the organisation's policy allows the mailcow address that was entered. */
  mailcowAllowed: boolean;
  users: UsersView;
  /** Names of mailcow's templates, if they were read. */
  mailcowTemplates: readonly string[];
  planFile: PlanFileError | undefined;
}

/** Returns the sentence that says what is wrong with a field; empty if nothing is. */
export function errorOfField({ errors }: Pick<DraftView, "errors">, field: DraftField, index = 0): string {
  const found = errors.find((error) => error.field === field && error.index === index);
  return found ? draftErrorText(found.error) : "";
}

/** Returns the groups that match a search, by name. */
export function groupSource(groups: readonly Choice[], picked: readonly string[]): ListSource {
  return (query, offset, limit) => {
    const sought = query.trim().toLowerCase();
    const found = groups.filter(({ name }) => name.toLowerCase().includes(sought));
    const rows = found.slice(offset, offset + limit).map(({ key, name, detail }) => ({
      id: key,
      label: name,
      note: tn("groups_members", Number(detail)),
      picked: picked.includes(key),
    }));
    return { total: found.length, rows };
  };
}

/** Returns the group whose attribute would cover everyone: the selected one, or the one with most members. */
export function groupFor({ groups }: AuthentikView, { audience, verifiedBy }: SetupDraft): Choice | undefined {
  if (verifiedBy.kind === "group_attribute") return undefined;
  const possible = audience.kind === "groups" ? groups.filter(({ key }) => audience.groups.includes(key)) : groups;
  return possible.toSorted((one, other) => Number(other.detail) - Number(one.detail))[0];
}

/** Selects or deselects a group or user. */
export function toggle<T>(chosen: readonly T[], one: T): T[] {
  return chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
}
