/** The client as authentik has registered it: what joins both sides. */

import type { Panel } from "./panel";

/** Reads the client of the typed mailcow, if authentik has one. */
export async function readRegistration(panel: Panel): Promise<void> {
  const { core, store } = panel;
  const { checked, draft } = store.state;
  if (checked?.existing?.provider !== undefined) {
    try {
      await core.readRegistration(draft);
    } catch {
      // Nothing depends on it yet: the plan reads again, and then says what is wrong.
    }
  }
  shareRegistration(panel);
}

/** Lets everything know of the client that the core knows, or knows no longer. */
export function shareRegistration({ core, store, form }: Panel): void {
  const { mailcow, choice, work } = store.state;
  store.set({ registration: core.registration() });
  if (mailcow.kind !== "live") return;
  const view = core.mailcowView(choice);
  // Somebody else may have changed since what Cowbell saved.
  const outcome = work.outcome === "saved" && !view.inSync ? undefined : work.outcome;
  store.set({ mailcow: { ...mailcow, view }, work: { ...work, outcome } });
  form?.check();
}
