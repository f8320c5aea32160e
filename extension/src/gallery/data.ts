/** Made-up data: an authentik with ten thousand users, a plan, a run. */

import type { AuthentikView, DraftView, FieldRow, Finding, FormView, MailcowView, PlanView, Progress, ReadinessQuery, ReadinessRows, ReadinessView, RegistrationView, ReportView, Script, Shown, SignInsView, UserCounts, UserQuery, UserRows } from "cowbell-core";
import type { FormSeen } from "../panel/state/state";

const text = (value: string): Shown => ({ kind: "text", text: value });
const list = (...items: string[]): Shown => ({ kind: "list", items });
const ABSENT: Shown = { kind: "absent" };

export const authentik: AuthentikView = {
  address: "https://authentik.company/",
  version: "2026.2.2",
  unknownVersion: false,
  brand: "authentik",
  username: "akadmin",
  missingPermissions: [],
  authorizationFlows: [
    { key: "implicit", name: "Authorize Application (implicit consent)", detail: "default-provider-authorization-implicit-consent" },
    { key: "explicit", name: "Authorize Application (explicit consent)", detail: "default-provider-authorization-explicit-consent" },
  ],
  invalidationFlows: [{ key: "logout", name: "Logged out of application", detail: "default-provider-invalidation-flow" }],
  signingKeys: [{ key: "key", name: "authentik Self-signed Certificate", detail: "" }],
  groups: ["mail-users", "vip", "authentik Admins"].map((name, index) => ({ key: name, name, detail: String([20, 3, 1][index]) })),
  knownMailcows: ["https://mailcow.company"],
};

export const checked: DraftView = {
  redirectUri: "https://mailcow.company",
  notes: ["path_removed"],
  faults: [],
  existing: { provider: "Mailcow test", redirectUris: ["https://mailcow.company/"], application: "Mailcow test", mapping: undefined, remaining: 2 },
  defaults: {
    applicationName: "Mailcow test",
    applicationSlug: "mailcow-test",
    applicationGroup: "",
    launchUrl: "https://mailcow.company/?iam_sso=1",
    providerName: "Mailcow test",
    mappingName: "mailcow: verified e-mail",
    authorizationFlow: "implicit",
    invalidationFlow: "logout",
    signingKey: "key",
    templates: [],
  },
};

export const counts: UserCounts = { change: 202, repair: 3, keep: 12, inactive: 6, noEmail: 9, serviceAccount: 2, external: 0 };

export const plan: PlanView = {
  changes: [
    {
      kind: "scope_mapping",
      action: "create",
      name: "mailcow: verified e-mail",
      fields: [
        { field: "scope_name", before: ABSENT, after: text("email") },
        { field: "expression", before: ABSENT, after: text('return {\n    "email": request.user.email,\n    "email_verified": request.user.attributes.get("email_verified", False),\n}') },
      ],
      remarks: [{ kind: "guide_only" }],
    },
    {
      kind: "provider",
      action: "update",
      name: "Mailcow test",
      fields: [
        { field: "redirect_uris", before: list("https://mailcow.company/"), after: list("https://mailcow.company") },
        { field: "property_mappings", before: list("openid", "email", "profile"), after: list("openid", "mailcow: verified e-mail", "profile") },
        { field: "signing_key", before: ABSENT, after: text("authentik Self-signed Certificate") },
        { field: "client_secret", before: ABSENT, after: { kind: "known_after_apply" } },
      ],
      remarks: [{ kind: "adopted" }, { kind: "redirect_uri_replaced", url: "https://mailcow.company/" }],
    },
    { kind: "application", action: "update", name: "Mailcow test", fields: [{ field: "launch_url", before: ABSENT, after: text("https://mailcow.company/?iam_sso=1") }], remarks: [{ kind: "other_bindings", count: 1 }] },
    { kind: "group", action: "keep", name: "mail-users", fields: [], remarks: [] },
  ],
  totals: { create: 1, update: 2, keep: 1, users: 202 },
  users: counts,
  writes: 205,
  seconds: 17,
  groupRecommended: false,
};

export const progress: Progress = {
  parts: [
    { kind: "scope_mapping", name: "mailcow: verified e-mail", state: "done" },
    { kind: "provider", name: "Mailcow test", state: "done" },
    { kind: "application", name: "Mailcow test", state: "kept" },
    { kind: "users", name: "", state: "running" },
    { kind: "binding", name: "mail-users", state: "waiting" },
  ],
  usersDone: 114,
  usersTotal: 202,
  usersFailed: 2,
  usersElapsedMs: 9500,
};

export const report: ReportView = {
  progress: { ...progress, usersDone: 200, parts: progress.parts.map((part) => ({ ...part, state: part.kind === "users" ? "failed" : "done" })) },
  issues: [
    { pk: 17, username: "b.meier", reason: { kind: "not_allowed", permission: "authentik_core.change_user" } },
    { pk: 18, username: "c.schulze", reason: { kind: "changed_since_plan" } },
  ],
  stop: undefined,
  inSync: false,
  canUndo: true,
};

export const registration: RegistrationView = {
  provider: "Mailcow test",
  clientId: "ucd8V4mXq1TzR0bWnYp5sLk7hJ2eG9fA3dC6k2Qh",
  secretLength: 128,
  authorizeUrl: "https://authentik.company/application/o/authorize/",
  tokenUrl: "https://authentik.company/application/o/token/",
  userinfoUrl: "https://authentik.company/application/o/userinfo/",
  redirectUris: ["https://mailcow.company"],
  mailcow: "https://mailcow.company",
  adminPage: "https://mailcow.company/admin/system",
  remaining: 0,
};

const people = Array.from({ length: 10_000 }, (_, index) => ({ pk: index + 1, username: `user${index + 1}`, name: `User ${index + 1}`, email: index % 9 === 8 ? "" : `user${index + 1}@mail.example` }));

export function findUsers({ text: sought, offset, limit, audience }: UserQuery): UserRows {
  const found = people.filter(({ username }) => username.includes(sought.toLowerCase()));
  const chosen = new Set(audience.kind === "users" ? audience.users : []);
  const rows = found.slice(offset, offset + limit).map((user) => ({
    ...user,
    verified: "absent" as const,
    decision: user.email === "" ? ("no_email" as const) : audience.kind === "users" && !chosen.has(user.pk) ? ("not_chosen" as const) : ("set" as const),
  }));
  return { total: found.length, rows };
}

export const readiness: ReadinessView = {
  users: 10_000,
  reasons: [
    { verdict: "signs_in", outcome: "signs_in", count: 2000 },
    { verdict: "gets_mailbox", outcome: "new_mailbox", count: 4889 },
    { verdict: "user_without_email", outcome: "refused", count: 1111 },
    { verdict: "mailbox_has_password", outcome: "refused", count: 2000 },
  ],
  notes: [{ code: "domain_short", severity: "warning", evidence: [{ name: "domain", value: "mail.example" }, { name: "wanted", value: "4889" }, { name: "left", value: "500" }] }],
  planned: false,
  readAtMs: 1_795_449_600_000,
  switchable: 2000,
  demanding: 3,
  switched: 0,
};

/** Every fifth user has a mailbox, every fifth one with a password. */
export function findReadiness({ text: sought, outcome, reason, offset, limit }: ReadinessQuery): ReadinessRows {
  const all = people.map((user) => ({ ...user, is: user.email === "" ? 2 : user.pk % 5 === 0 ? 0 : user.pk % 5 === 1 ? 3 : 1 }));
  const found = all.filter(({ username, is }) => username.includes(sought.toLowerCase()) && (reason === undefined || reason === is) && (outcome === undefined || readiness.reasons[is]?.outcome === outcome));
  const rows = found.slice(offset, offset + limit).map(({ is, ...user }) => {
    const { verdict = "signs_in", outcome: ends = "signs_in" } = readiness.reasons[is] ?? {};
    return { ...user, outcome: ends, finding: { code: verdict, severity: "good" as const, evidence: [] } };
  });
  return { total: found.length, rows };
}

const endpoints = "https://authentik.company/application/o";
const rows: FieldRow[] = [
  { field: "authorize_url", before: ABSENT, after: text(`${endpoints}/authorize/`), same: false },
  { field: "client_secret", before: ABSENT, after: { kind: "secret", length: 128 }, same: false },
  { field: "login_provisioning", before: { kind: "switch", on: true }, after: { kind: "switch", on: true }, same: true },
];

export const mailcow: MailcowView = {
  address: "https://mailcow.company",
  signInPage: "https://mailcow.company/?iam_sso=1",
  formPage: "https://mailcow.company/admin/system",
  version: "2026-07a",
  provider: "",
  templates: ["Default", "OIDC Users"],
  proposedTemplate: "Default",
  domains: ["mail.example"],
  mailboxes: { mailcow: 11, genericOidc: 2, other: 0 },
  findings: [],
  rows,
  inSync: false,
  canRestore: false,
};

export const form: FormView = { findings: [], rows, complete: false };

export const script: Script = { steps: [], choiceWidget: "", choiceLabel: "" };

const pairRight: Finding = { code: "pair_right", severity: "good", field: "client_secret", evidence: [] };
const reached: Finding = { code: "server_reaches_token", severity: "good", field: "token_url", evidence: [{ name: "url", value: `${endpoints}/token/` }] };

export const formSeen: FormSeen = { view: { findings: [], rows: [], complete: true }, touched: true, pair: pairRight, proving: false, reach: undefined, testing: true, fixing: undefined };

const cleaned: Finding = { code: "surrounding_space", severity: "fault", field: "client_secret", evidence: [], fix: { kind: "clean_field", field: "client_secret" } };

export const faultyForm: FormSeen = {
  ...formSeen,
  view: {
    findings: [
      cleaned,
      { code: "endpoint_without_slash", severity: "fault", field: "token_url", evidence: [], fix: { kind: "set_field", field: "token_url", value: `${endpoints}/token/` } },
      { code: "default_template_empty", severity: "warning", field: "default_template", evidence: [] },
    ],
    rows,
    complete: false,
  },
  pair: undefined,
  proving: true,
  testing: false,
  fixing: cleaned,
};

export const obstacles: Finding[] = [
  { code: "mailboxes_of_other_provider", severity: "fault", evidence: [{ name: "count", value: "11" }] },
  { code: "other_provider_configured", severity: "warning", evidence: [{ name: "provider", value: "keycloak" }] },
];

export const good: Finding[] = [
  { code: "provider_in_sync", severity: "good", evidence: [] },
  { code: "settings_in_sync", severity: "good", evidence: [] },
  { code: "redirect_registered", severity: "good", field: "redirect_url", evidence: [] },
  pairRight,
  reached,
];

export const faults: Finding[] = [
  { code: "provider_not_compared", severity: "unknown", evidence: [] },
  { code: "settings_differ", severity: "warning", evidence: [{ name: "count", value: "2" }] },
  { code: "pair_wrong_secret", severity: "fault", field: "client_secret", evidence: [] },
  { code: "server_cannot_reach_token", severity: "fault", field: "token_url", evidence: [{ name: "url", value: `${endpoints}/token/` }] },
];

const NOW = 1_795_449_600;

export const signIns: SignInsView = {
  attempts: [
    { timeS: NOW - 240, who: "anna@mail.example", reached: "code", stopped: "token", finding: { code: "pair_wrong_secret", severity: "fault", field: "client_secret", evidence: [] }, times: 3, wentThroughSince: true },
    { timeS: NOW - 1_900, who: "", reached: "code", stopped: undefined, finding: { code: "server_got_no_json", severity: "fault", evidence: [] }, times: 1, wentThroughSince: false },
    {
      timeS: NOW - 90_000,
      who: "bert",
      reached: undefined,
      stopped: "authorize",
      finding: { code: "password_refused_by_authentik", severity: "warning", evidence: [{ name: "username", value: "bert" }] },
      times: 1,
      wentThroughSince: false,
    },
  ],
  unremarkable: 12,
  mailcowSinceS: NOW - 900_000,
  authentikSinceS: undefined,
  silent: [{ code: "redirect_slash_differs", severity: "fault", field: "redirect_url", evidence: [{ name: "expected", value: "https://mailcow.company" }] }],
  findings: [{ code: "clocks_differ", severity: "warning", evidence: [{ name: "seconds", value: "95" }] }],
};

export const signInsAtMs = 1_000 * NOW;
