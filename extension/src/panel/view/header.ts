/** The chips and tabs on top. */

import type { ConnectionView, Section, View } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { type CountKey, number, t, tn } from "../text/words";
import type { ChipState } from "../ui/chip";
import type { Section as Tab } from "../ui/tabs";

/** The places of the panel, in their order. */
export const PLACES: readonly Section[] = ["setup", "plan", "mailcow", "check"];

/** Both products. */
export function chips({ authentik, authentikFacts, mailcow, mailcowFacts }: View): TemplateResult {
  return html`${chip("authentik", authentik, authentikFacts?.version, authentikFacts?.username)}${chip("mailcow", mailcow, mailcowFacts?.version)}`;
}

function chip(product: "authentik" | "mailcow", connection: ConnectionView, version = "", who = ""): TemplateResult {
  return html`<cb-chip
    slot="chips"
    .state=${stateOf(connection)}
    .name=${t(`product_${product}`)}
    .host=${connection.kind === "absent" ? "" : connection.host}
    .version=${version}
    .who=${who}
  ></cb-chip>`;
}

/** A tab that is still tried needs no click. */
function stateOf(connection: ConnectionView): ChipState {
  return connection.kind === "lost" && connection.why === "unreachable" ? "faulty" : connection.kind;
}

/** What can be pressed on top: only what leads somewhere. */
export function tools({ canUndo, place }: View, go: (place: Section) => void): TemplateResult | typeof nothing {
  if (!canUndo || place === "plan") return nothing;
  return html`<cb-button slot="tools" kind="plain" icon="journal" .label=${t("tool_journal")} @click=${() => go("plan")}></cb-button>`;
}

/** The places, with the number of changes that wait and of faults. */
export function places({ badges }: View): Tab[] {
  const shown: Partial<Record<Section, Tab["badge"]>> = {
    plan: badge(badges.plan, "plan_badge"),
    mailcow: badge(badges.mailcow, "fault_badge", "bad"),
    check: badge(badges.check, "fault_badge", "bad"),
  };
  return PLACES.map((value) => ({ value, label: t(`place_${value}`), badge: shown[value] }));
}

function badge(count: number, heard: CountKey, tone?: "bad"): Tab["badge"] {
  return count > 0 ? { text: number(count), heard: tn(heard, count), tone } : undefined;
}
