/** The chips and tabs on top. */

import type { AuthentikView } from "cowbell-core";
import { html, type TemplateResult } from "lit";
import { type Connection, PLACES, type State } from "../state/state";
import { t, tn } from "../text/words";
import type { ChipState } from "../ui/chip";
import type { Place } from "../ui/tabs";

const CHIP: Record<Connection<unknown>["kind"], ChipState> = { absent: "absent", reading: "reading", live: "live", lost: "lost", faulty: "faulty" };

/** Both products. */
export function chips({ authentik, mailcow }: State): TemplateResult {
  return html`${chip("authentik", authentik)}${chip("mailcow", mailcow)}`;
}

function chip(product: "authentik" | "mailcow", connection: Connection<AuthentikView | undefined>): TemplateResult {
  const view = connection.kind === "live" ? connection.view : undefined;
  return html`<cb-chip
    slot="chips"
    .state=${CHIP[connection.kind]}
    .name=${t(`product_${product}`)}
    .host=${connection.kind === "absent" ? "" : connection.host}
    .version=${view?.version ?? ""}
    .who=${view?.username ?? ""}
  ></cb-chip>`;
}

/** The places, with the number of changes that wait. */
export function places({ run }: State): Place[] {
  return PLACES.map((value) => {
    const label = t(`place_${value}`);
    const writes = value === "plan" && run.kind === "planned" ? run.plan.writes : 0;
    return writes > 0 ? { value, label, badge: { text: String(writes), heard: tn("plan_badge", writes) } } : { value, label };
  });
}
