/** What the panel shows, as data. */

import type { AuthentikView, DirectoryView, DraftView, PlanView, Progress, ReportView, SetupDraft, UndoView, UserFilter } from "cowbell-core";
import type { Trouble } from "../core";

/** The places of the panel, in their order. */
export const PLACES = ["setup", "plan", "mailcow", "check"] as const;
export type PlaceName = (typeof PLACES)[number];

/** How a product stands, with the host that was clicked on. */
export type Connection<V> =
  | { kind: "absent" }
  | { kind: "reading"; host: string }
  | { kind: "live"; host: string; view: V }
  | { kind: "lost"; host: string; why: "closed" | "ended" | "unreachable" }
  | { kind: "faulty"; host: string; trouble: Trouble };

/** What is known of users. */
export type Users = { kind: "unread" } | { kind: "reading"; read: number; total: number } | { kind: "read"; directory: DirectoryView } | { kind: "faulty"; trouble: Trouble };

/** Where the work at authentik is. */
export type Run =
  | { kind: "none" }
  | { kind: "planning" }
  | { kind: "planned"; plan: PlanView }
  | { kind: "running"; verb: "apply" | "undo"; progress: Progress; stopping: boolean }
  | { kind: "applied"; report: ReportView }
  | { kind: "undone"; report: UndoView }
  | { kind: "faulty"; trouble: Trouble };

export interface State {
  place: PlaceName;
  /** Whether the last click was on a page of neither product. */
  elsewhere: boolean;
  authentik: Connection<AuthentikView>;
  mailcow: Connection<undefined>;
  draft: SetupDraft;
  /** The draft, checked; absent before an authentik was read. */
  checked: DraftView | undefined;
  users: Users;
  run: Run;
  /** Whether something can be taken back. */
  canUndo: boolean;
  /** The question that waits for an answer. */
  asking: "undo" | undefined;
  /** The users that are listed below the plan. */
  listing: UserFilter | undefined;
}

/** An empty form: everything by its default. */
export const NEW_DRAFT: SetupDraft = {
  mailcow: "",
  extraHosts: [],
  applicationName: undefined,
  applicationSlug: undefined,
  applicationGroup: undefined,
  launchUrl: undefined,
  providerName: undefined,
  mappingName: undefined,
  authorizationFlow: undefined,
  invalidationFlow: undefined,
  signingKey: undefined,
  audience: { kind: "all" },
  verifiedBy: { kind: "user_attribute" },
  access: undefined,
};

/** Nothing seen yet. */
export const START: State = {
  place: "setup",
  elsewhere: false,
  authentik: { kind: "absent" },
  mailcow: { kind: "absent" },
  draft: NEW_DRAFT,
  checked: undefined,
  users: { kind: "unread" },
  run: { kind: "none" },
  canUndo: false,
  asking: undefined,
  listing: undefined,
};
