/** The chips and tabs on top. */

import type { Finding } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { type Connection, type PlaceName, PLACES, type State, viewOf } from "../state/state";
import { type CountKey, number, t, tn } from "../text/words";
import type { ChipState } from "../ui/chip";
import type { Place } from "../ui/tabs";
import { said } from "./findings";

/** Both products. */
export function chips({ authentik, mailcow }: State): TemplateResult {
  return html`${chip("authentik", authentik, viewOf(authentik)?.username)}${chip("mailcow", mailcow)}`;
}

function chip(product: "authentik" | "mailcow", connection: Connection<{ version: string }>, who = ""): TemplateResult {
  return html`<cb-chip
    slot="chips"
    .state=${stateOf(connection)}
    .name=${t(`product_${product}`)}
    .host=${connection.kind === "absent" ? "" : connection.host}
    .version=${viewOf(connection)?.version ?? ""}
    .who=${who}
  ></cb-chip>`;
}

/** A tab that is still tried needs no click. */
function stateOf(connection: Connection<unknown>): ChipState {
  return connection.kind === "lost" && connection.why === "unreachable" ? "faulty" : connection.kind;
}

/** What can be pressed on top: only what leads somewhere. */
export function tools({ canUndo, place }: State, go: (place: PlaceName) => void): TemplateResult | typeof nothing {
  if (!canUndo || place === "plan") return nothing;
  return html`<cb-button slot="tools" kind="plain" icon="journal" .label=${t("tool_journal")} @click=${() => go("plan")}></cb-button>`;
}

/** The places, with the number of changes that wait and of faults. */
export function places({ run, form, check }: State): Place[] {
  const badges: Partial<Record<PlaceName, Place["badge"]>> = {
    plan: run.kind === "planned" ? badge(run.plan.writes, "plan_badge") : undefined,
    mailcow: badge(form ? faults(said(form)) : 0, "fault_badge", "bad"),
    check: badge(check.kind === "done" ? faults(check.findings) : 0, "fault_badge", "bad"),
  };
  return PLACES.map((value) => ({ value, label: t(`place_${value}`), badge: badges[value] }));
}

function badge(count: number, heard: CountKey, tone?: "bad"): Place["badge"] {
  return count > 0 ? { text: number(count), heard: tn(heard, count), tone } : undefined;
}

function faults(findings: readonly Finding[]): number {
  return findings.filter(({ severity }) => severity === "fault").length;
}
