/** Going over to mailcow. */

import { visit } from "../../ext";
import type { Panel } from "./panel";

/** Brings mailcow's tab to the front, or opens its administration in a new one. */
export async function openMailcow({ store, tabs }: Panel): Promise<void> {
  const { registration } = store.state;
  if (!registration) return;
  const live = tabs.pageOf("mailcow") ? tabs.tabOf("mailcow") : undefined;
  await visit(registration.adminPage, live);
  store.set({ place: "mailcow", opened: true });
}
