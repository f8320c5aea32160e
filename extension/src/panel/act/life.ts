/** The life after set-up: a new client secret, and the integration for other tools. */

import type { HandoverFormat } from "cowbell-core";
import { troubleOf } from "../core";
import { saveFile } from "../link/save";
import { viewOf } from "../state/state";
import { report } from "../text/report";
import type { Panel } from "./panel";
import { shareRegistration } from "./registration";

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
    store.set({ life: { ...store.state.life, trouble: undefined } });
  } catch (error) {
    store.set({ life: { ...store.state.life, trouble: troubleOf(error) } });
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
  const { core, store } = panel;
  store.set({ asking: undefined, life: { rotating: true, findings: [], trouble: undefined } });
  try {
    const findings = await core.rotateSecret();
    store.set({ life: { rotating: false, findings, trouble: undefined } });
  } catch (error) {
    store.set({ life: { rotating: false, findings: [], trouble: troubleOf(error) } });
  }
  shareRegistration(panel);
}
