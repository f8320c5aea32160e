/** The screens of the gallery: states of the real panel. */

import type { Finding, MailcowView } from "cowbell-core";
import { FRESH, IDLE, NEW_DRAFT, START, type State } from "../panel/state/state";
import * as data from "./data";

const host = "authentik.company";
const draft = { ...NEW_DRAFT, mailcow: "https://mailcow.company/admin" };
const live: State = {
  ...START,
  authentik: { kind: "live", host, view: data.authentik },
  checked: data.checked,
  draft,
  users: { kind: "read", directory: { total: 231, counts: data.counts } },
};
const both: State = { ...live, mailcow: { kind: "live", host: "mailcow.company", view: data.mailcow }, registration: data.registration };
const seen = (view: Partial<MailcowView>): State["mailcow"] => ({ kind: "live", host: "mailcow.company", view: { ...data.mailcow, ...view } });
const refused: Finding = {
  code: "authentik_not_allowed",
  severity: "fault",
  evidence: [
    { name: "permission", value: "authentik_providers_oauth2.add_oauth2provider" },
    { name: "endpoint", value: "providers/oauth2/" },
  ],
};

/** Each screen by its name. */
export const screens: Readonly<Record<string, State>> = {
  empty: START,
  elsewhere: { ...START, elsewhere: true },
  loading: { ...START, authentik: { kind: "reading", host, view: undefined } },
  fault: { ...START, authentik: { kind: "faulty", host, trouble: refused } },
  fresh: { ...live, draft: NEW_DRAFT, checked: { ...data.checked, redirectUri: undefined, notes: [], existing: undefined, faults: [{ field: "mailcow", index: 0, fault: { kind: "address", fault: "empty" } }] } },
  setup: live,
  "setup-limits": {
    ...live,
    authentik: { kind: "live", host, view: { ...data.authentik, unknownVersion: true, version: "2026.12.0", missingPermissions: ["authentik_core.change_user"] } },
    draft: { ...draft, mailcow: "mail cow.company" },
    checked: { ...data.checked, redirectUri: undefined, notes: [], existing: undefined, defaults: undefined, faults: [{ field: "mailcow", index: 0, fault: { kind: "address", fault: "spaces" } }] },
    users: { kind: "reading", read: 300, total: 10_000 },
  },
  "setup-users": { ...live, draft: { ...draft, audience: { kind: "users", users: [2, 3, 6] } } },
  "setup-groups": { ...live, draft: { ...draft, audience: { kind: "groups", groups: ["vip"] } }, checked: { ...data.checked, faults: [{ field: "audience", index: 0, fault: { kind: "nothing_chosen" } }] } },
  "plan-none": { ...live, place: "plan" },
  planning: { ...live, place: "plan", run: { kind: "planning" }, users: { kind: "reading", read: 300, total: 10_000 } },
  plan: { ...live, place: "plan", run: { kind: "planned", plan: data.plan } },
  "plan-list": { ...live, place: "plan", run: { kind: "planned", plan: { ...data.plan, changes: [], totals: { create: 0, update: 0, keep: 0, users: 5000 }, seconds: 417, groupRecommended: true } }, listing: "changed" },
  "plan-empty": { ...live, place: "plan", run: { kind: "planned", plan: { ...data.plan, writes: 0 } }, canUndo: true },
  running: { ...live, place: "plan", run: { kind: "running", verb: "apply", progress: data.progress, stopping: false } },
  lost: { ...live, place: "plan", authentik: { kind: "lost", host, why: "ended" }, run: { kind: "applied", report: { ...data.report, issues: [], stop: { code: "send_tab_gone", severity: "unknown", evidence: [] } } }, canUndo: true },
  applied: { ...live, place: "plan", run: { kind: "applied", report: data.report }, canUndo: true },
  undo: { ...live, place: "plan", run: { kind: "applied", report: { ...data.report, inSync: true, issues: [] } }, canUndo: true, asking: "undo" },
  undone: { ...live, place: "plan", run: { kind: "undone", report: { ...data.report, issues: [], left: [{ kind: "scope_mapping", name: "mailcow: verified e-mail", why: { kind: "in_use", by: "Grafana" } }] } } },
  "plan-fault": { ...live, place: "plan", run: { kind: "faulty", trouble: { code: "authentik_maintenance", severity: "unknown", evidence: [] } } },
  "plan-earlier": { ...live, place: "plan", canUndo: true },
  "mailcow-opened": { ...live, place: "mailcow", opened: true },
  mailcow: { ...both, place: "mailcow" },
  "mailcow-unknown": { ...both, place: "mailcow", registration: undefined, mailcow: seen({ rows: [] }) },
  "mailcow-early": { ...both, place: "mailcow", registration: { ...data.registration, remaining: 2 } },
  "mailcow-obstacles": { ...both, place: "mailcow", mailcow: seen({ findings: data.obstacles }) },
  "mailcow-filled": { ...both, place: "mailcow", form: data.formSeen, work: { ...IDLE, filled: data.mailcow.rows } },
  "mailcow-form": { ...both, place: "mailcow", form: data.faultyForm },
  "mailcow-save": { ...both, place: "mailcow", asking: "save" },
  "mailcow-saved": { ...both, place: "mailcow", mailcow: seen({ rows: data.mailcow.rows.map((row) => ({ ...row, before: row.after, same: true })), inSync: true, canRestore: true }), work: { ...IDLE, outcome: "saved" } },
  "mailcow-differs": { ...both, place: "mailcow", work: { ...IDLE, outcome: "differs" } },
  "check-none": { ...START, place: "check" },
  checking: { ...both, place: "check", check: { kind: "checking" } },
  check: { ...both, place: "check", check: { kind: "done", findings: data.good } },
  "sign-ins": { ...both, place: "check", check: { kind: "done", findings: data.good }, signIns: { kind: "done", view: data.signIns, atMs: data.signInsAtMs } },
  "check-people": { ...both, place: "check", check: { kind: "done", findings: data.good }, readiness: { ...FRESH, view: data.readiness } },
  "check-faults": { ...both, place: "check", check: { kind: "done", findings: data.faults } },
};
