/** What the panel shows, as data. */

import type {
  AuthentikView,
  DirectoryView,
  DraftView,
  FieldRow,
  Finding,
  FormView,
  MailcowChoice,
  MailcowView,
  Outcome,
  PersonVerdict,
  PlanView,
  Progress,
  ReadinessView,
  RegistrationView,
  RemovalView,
  ReportView,
  SetupDraft,
  SwitchView,
  SignInsView,
  UndoView,
  UserFilter,
} from "cowbell-core";
import type { Trouble } from "../core";

/** The places of the panel, in their order. */
export const PLACES = ["setup", "plan", "mailcow", "check"] as const;
export type PlaceName = (typeof PLACES)[number];

/**
 * Why a tab is lost: `closed`; `ended`, it went to another site, and with that the permission which a click gives; `loaded`, it
 * loaded another page, where that ends the permission; `unreachable`, it takes no script at the moment, as an error page does not,
 * and is tried again and again; `unused`, nobody used the panel for a while.
 */
export type Lost = "closed" | "ended" | "loaded" | "unreachable" | "unused";

/** How a product stands, with the host that was clicked on. While it is read again, what was read last is still there. */
export type Connection<V> =
  | { kind: "absent" }
  | { kind: "reading"; host: string; view: V | undefined }
  | { kind: "live"; host: string; view: V }
  | { kind: "lost"; host: string; why: Lost }
  | { kind: "faulty"; host: string; trouble: Trouble };

/** What is known of users. */
export type Users =
  | { kind: "unread" }
  | { kind: "reading"; read: number; total: number }
  | { kind: "read"; directory: DirectoryView }
  | { kind: "faulty"; trouble: Trouble };

/** Where the work at authentik is. */
export type Run =
  | { kind: "none" }
  | { kind: "planning" }
  | { kind: "planned"; plan: PlanView }
  | { kind: "running"; verb: "apply" | "undo"; progress: Progress; stopping: boolean }
  | { kind: "applied"; report: ReportView }
  | { kind: "undone"; report: UndoView }
  | { kind: "faulty"; trouble: Trouble };

/** mailcow's form while it is in sight. What is typed in it is not in here. */
export interface FormSeen {
  view: FormView;
  /** Whether a value has changed since the page was loaded. */
  touched: boolean;
  /** What authentik says of the pair of client ID and secret. */
  pair: Finding | undefined;
  proving: boolean;
  /** What mailcow's server says of the token endpoint. */
  reach: Finding | undefined;
  testing: boolean;
  /** The finding whose remedy is under way. */
  fixing: Finding | undefined;
}

/** What Cowbell does in mailcow, and what came of it. */
export interface Work {
  /** `go`: on the way to the page with the form. */
  busy: "go" | "fill" | "save" | "restore" | undefined;
  trouble: Trouble | undefined;
  /** What was filled in since the page was loaded: before and after. */
  filled: readonly FieldRow[] | undefined;
  /** How a save ended, mailcow's own or ours. */
  outcome: "saved" | "differs" | "restored" | undefined;
}

/** Nothing done. */
export const IDLE: Work = { busy: undefined, trouble: undefined, filled: undefined, outcome: undefined };

/** Where the check of both sides is. */
export type Check =
  | { kind: "none" }
  | { kind: "checking" }
  | { kind: "done"; findings: readonly Finding[] }
  | { kind: "faulty"; trouble: Trouble };

/** What is done after set-up. */
export interface Life {
  busy: "rotate" | "remove" | "put_back" | undefined;
  /** How the last change of the client secret ended. */
  findings: readonly Finding[];
  trouble: Trouble | undefined;
  /** What a removal would take away; absent before it was asked for. */
  removal: RemovalView | undefined;
  outcome: "removed" | "put_back" | undefined;
  canPutBack: boolean;
}

/** Nothing done. */
export const UNTOUCHED: Life = {
  busy: undefined,
  findings: [],
  trouble: undefined,
  removal: undefined,
  outcome: undefined,
  canPutBack: false,
};

/** Who can sign in, and what of it is shown. */
export interface Readiness {
  kind: "done";
  view: ReadinessView;
  outcome: Outcome | undefined;
  /** Position among the reasons of the view. */
  reason: number | undefined;
  /** The address in the field. */
  typed: string;
  /** Whether authentik is being asked about one. */
  asking: boolean;
  /** What was said of one. */
  verdicts: readonly PersonVerdict[] | undefined;
  /** Address of the mailbox that the open question is about; empty for all. */
  target: string;
  /** Mailboxes being switched, while they are. */
  work: { done: number; total: number; stopping: boolean } | undefined;
  result: (SwitchView & { way: "switch" | "back" }) | undefined;
  trouble: Trouble | undefined;
}

/** Where the question is who can sign in. `absent`: one of the products was never read. `typed`: the address in the field of the table that is read again. */
export type Readable =
  | { kind: "none" }
  | { kind: "absent" }
  | { kind: "reading"; typed: string }
  | { kind: "faulty"; trouble: Trouble }
  | Readiness;

/** A table of which nothing was asked yet. */
export const FRESH: Omit<Readiness, "view"> = {
  kind: "done",
  outcome: undefined,
  reason: undefined,
  typed: "",
  asking: false,
  verdicts: undefined,
  target: "",
  work: undefined,
  result: undefined,
  trouble: undefined,
};

/** Where the explanation of sign-ins is; `atMs` is when it was made. */
export type SignIns =
  | { kind: "none" }
  | { kind: "explaining" }
  | { kind: "done"; view: SignInsView; atMs: number }
  | { kind: "faulty"; trouble: Trouble };

/** A sign-in that is tried now; `closed`: the browser opened no private window. */
export type Trial =
  | { kind: "watching"; url: string; closed: boolean }
  | { kind: "passed" }
  | { kind: "refused" }
  | { kind: "nothing" };

export interface State {
  place: PlaceName;
  /** Why the last click led nowhere: on a page of neither product, or of one that the policy does not allow. */
  elsewhere: "unknown" | "forbidden" | undefined;
  authentik: Connection<AuthentikView>;
  mailcow: Connection<MailcowView>;
  /** What the administrator decides about mailcow itself. */
  choice: MailcowChoice;
  /** The form; absent while it is not in sight. */
  form: FormSeen | undefined;
  work: Work;
  check: Check;
  life: Life;
  readiness: Readable;
  signIns: SignIns;
  trial: Trial | undefined;
  /** The client as authentik has registered it. */
  registration: RegistrationView | undefined;
  draft: SetupDraft;
  /** Why a plan that was to be loaded is of no use: it is none, or it is for another authentik. */
  planFile: "other" | "foreign" | undefined;
  /** The draft, checked; absent before an authentik was read. */
  checked: DraftView | undefined;
  users: Users;
  run: Run;
  /** Whether something can be taken back. */
  canUndo: boolean;
  /** Whether mailcow was opened from here and not seen since. */
  opened: boolean;
  /** The question that waits for an answer. */
  asking: "undo" | "save" | "restore" | "rotate" | "remove" | "switch" | "switch_back" | undefined;
  /** The users that are listed below the plan. */
  listing: UserFilter | undefined;
}

/** An empty form: everything by its default. */
export const NEW_DRAFT: SetupDraft = {
  mailcow: "",
  extraHosts: [],
  formerHosts: [],
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
  templates: undefined,
};

/** What is known of a product, even while it is read again; nothing if it is at another host. */
export function viewOf<V>(connection: Connection<V>, host?: string): V | undefined {
  if (connection.kind !== "live" && connection.kind !== "reading") return undefined;
  return host === undefined || connection.host === host ? connection.view : undefined;
}

/** Nothing seen yet. */
export const START: State = {
  place: "setup",
  elsewhere: undefined,
  authentik: { kind: "absent" },
  mailcow: { kind: "absent" },
  choice: { loginProvisioning: true },
  form: undefined,
  work: IDLE,
  check: { kind: "none" },
  life: UNTOUCHED,
  readiness: { kind: "none" },
  signIns: { kind: "none" },
  trial: undefined,
  registration: undefined,
  draft: NEW_DRAFT,
  planFile: undefined,
  checked: undefined,
  users: { kind: "unread" },
  run: { kind: "none" },
  canUndo: false,
  opened: false,
  asking: undefined,
  listing: undefined,
};
