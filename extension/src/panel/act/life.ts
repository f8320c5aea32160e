/** The life after set-up: a new client secret, the integration for other tools, and its end. */

import type { HandoverFormat } from "cowbell-core";
import { troubleOf } from "../core";
import { saveFile } from "../link/save";
import { type Life, UNTOUCHED, viewOf } from "../state/state";
import { report } from "../text/report";
import { readProduct } from "./connect";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";
import { settle } from "./secret";

/** What can be saved as a file. */
export type Handover = HandoverFormat | "report";

const FILE: Record<Handover, [name: string, type: string]> = {
  blueprint: ["mailcow-blueprint.yaml", "application/yaml"],
  terraform: ["mailcow.tf", "text/plain"],
  mailcow_api: ["mailcow-identity-provider.json", "application/json"],
  report: ["cowbell-report.md", "text/markdown"],
};

/** Saves the integration as a file. */
export function handOver(panel: Panel, what: Handover): void {
  const { core, store } = panel;
  try {
    const text = what === "report" ? reportOf(panel) : core.handOver(what, store.state.choice);
    saveFile(...FILE[what], text);
    live(panel, { trouble: undefined });
  } catch (error) {
    live(panel, { trouble: troubleOf(error) });
  }
}

function reportOf({ store }: Panel): string {
  const { authentik, mailcow, registration, check } = store.state;
  if (!registration) throw new Error("no client is known");
  const findings = check.kind === "done" ? check.findings : [];
  return report({ date: new Date(), authentik: viewOf(authentik), mailcow: viewOf(mailcow), registration, findings });
}

/** Gives both sides a new client secret. */
export async function rotate(panel: Panel): Promise<void> {
  await work(panel, "rotate", async () => ({ findings: await panel.core.rotateSecret() }));
  shareRegistration(panel);
  settle(panel);
}

/** Asks whether the integration is to be removed, and says what that takes away. */
export function askRemoval(panel: Panel): void {
  try {
    live(panel, { removal: panel.core.removal(), trouble: undefined });
    panel.store.set({ asking: "remove" });
  } catch (error) {
    live(panel, { trouble: troubleOf(error) });
  }
}

/** Removes the integration on both sides. */
export async function remove(panel: Panel): Promise<void> {
  await end(panel, "remove", "removed", () => panel.core.removeIntegration());
}

/** Makes what was removed again. */
export async function putBack(panel: Panel): Promise<void> {
  await end(panel, "put_back", "put_back", () => panel.core.putBack());
}

async function end(
  panel: Panel,
  busy: "remove" | "put_back",
  outcome: Life["outcome"],
  act: () => Promise<void>,
): Promise<void> {
  await work(panel, busy, async () => {
    await act();
    return { outcome };
  });
  live(panel, { canPutBack: panel.core.canPutBack() });
  shareRegistration(panel);
  panel.store.set({ check: { kind: "none" }, run: { kind: "none" } });
  await Promise.all([readProduct(panel, "authentik"), readProduct(panel, "mailcow")]);
}

async function work(panel: Panel, busy: NonNullable<Life["busy"]>, act: () => Promise<Partial<Life>>): Promise<void> {
  panel.store.set({ asking: undefined, life: { ...UNTOUCHED, busy, canPutBack: panel.store.state.life.canPutBack } });
  try {
    live(panel, { busy: undefined, ...(await act()) });
  } catch (error) {
    live(panel, { busy: undefined, trouble: troubleOf(error) });
  }
}

function live({ store }: Panel, part: Partial<Life>): void {
  store.set({ life: { ...store.state.life, ...part } });
}
