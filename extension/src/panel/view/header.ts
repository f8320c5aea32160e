/** The chips and sections at the top. */

import type { ConnectionView, Place, Section, View } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { type CountKey, number, t, tn } from "../text/words";
import type { ChipState } from "../ui/chip";
import type { Section as Tab } from "../ui/tabs";

/** The places of the panel, in the order of their tabs. */
export const PLACES: readonly Place[] = ["connect", "mailcow", "check", "people", "maintain"];

/** Returns a chip for each product. */
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

/** Returns the state of a chip: a tab that is still being retried needs no click. */
function stateOf(connection: ConnectionView): ChipState {
  return connection.kind === "lost" && connection.why === "unreachable" ? "failed" : connection.kind;
}

/** Returns the buttons at the top: only those that lead elsewhere. */
export function tools({ canUndo, section }: View, go: (section: Section) => void): TemplateResult | typeof nothing {
  if (!canUndo || section === "plan") return nothing;
  return html`<cb-button slot="tools" kind="plain" icon="journal" .label=${t("tool_journal")} @click=${() => go("plan")}></cb-button>`;
}

/** Returns the places, with the number of pending changes and of problems. */
export function places({ badges, place }: View): Tab[] {
  const shown: Partial<Record<Place, Tab["badge"]>> = {
    // While its sections are shown, Plan has the number; twice would need a second line in German.
    connect: place === "connect" ? undefined : badge(badges.plan, "plan_badge"),
    mailcow: badge(badges.mailcow, "problem_badge", "bad"),
    check: badge(badges.check, "problem_badge", "bad"),
  };
  return PLACES.map((value) => ({ value, label: t(`place_${value}`), badge: shown[value] }));
}

/** Returns the sections of the open place, if it has more than one. */
export function sections({ sections: all, badges }: View): Tab[] {
  const shown: Partial<Record<Section, Tab["badge"]>> = { plan: badge(badges.plan, "plan_badge") };
  return all.length < 2 ? [] : all.map((value) => ({ value, label: t(`section_${value}`), badge: shown[value] }));
}

function badge(count: number, heard: CountKey, tone?: "bad"): Tab["badge"] {
  return count > 0 ? { text: number(count), heard: tn(heard, count), tone } : undefined;
}
