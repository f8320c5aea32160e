/** A plan as a file, for somebody with more rights: what was chosen, and for which authentik. They see the plan before it is done. */

import type { SetupDraft } from "cowbell-core";
import { saveFile } from "../link/save";
import { NEW_DRAFT, viewOf } from "../state/state";
import type { Panel } from "./panel";
import { plan } from "./run";
import { change } from "./setup";

/** The file; its first field tells what it is. */
interface PlanFile {
  cowbellPlan: 1;
  /** Address of the authentik whose primary keys are in the draft. */
  authentik: string;
  draft: SetupDraft;
}

/** Saves what was chosen. No secret is in it. */
export function savePlan({ store }: Panel): void {
  const { authentik, draft } = store.state;
  const address = viewOf(authentik)?.address;
  if (address === undefined) return;
  const file: PlanFile = { cowbellPlan: 1, authentik: address, draft };
  saveFile("cowbell-plan.json", "application/json", `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Takes over what somebody else chose for this authentik, and shows the plan. */
export async function loadPlan(panel: Panel, file: File): Promise<void> {
  const { core, store } = panel;
  const draft = draftOf(await file.text(), viewOf(store.state.authentik)?.address);
  if (typeof draft === "string") return store.set({ planFile: draft });
  try {
    // Throws unless it is a draft.
    core.checkDraft(draft);
  } catch {
    return store.set({ planFile: "other" });
  }
  store.set({ planFile: undefined });
  change(panel, draft);
  await plan(panel);
}

/** What was chosen, or why the file is of no use here. */
function draftOf(text: string, address: string | undefined): SetupDraft | "other" | "foreign" {
  try {
    const read: unknown = JSON.parse(text);
    if (!isPlanFile(read)) return "other";
    return read.authentik === address ? { ...NEW_DRAFT, ...(read.draft as SetupDraft) } : "foreign";
  } catch {
    return "other";
  }
}

function isPlanFile(read: unknown): read is { [K in keyof PlanFile]: unknown } {
  return (
    typeof read === "object" &&
    read !== null &&
    "cowbellPlan" in read &&
    read.cowbellPlan === 1 &&
    "authentik" in read &&
    "draft" in read
  );
}
