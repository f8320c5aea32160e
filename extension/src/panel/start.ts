/** Brings a panel to life: what was kept comes back, and clicks are heard. */

import type { SetupDraft } from "cowbell-core";
import { onClick, recall } from "../ext";
import { Tabs } from "./act/connect";
import type { Panel } from "./act/panel";
import { DRAFT } from "./act/setup";
import type { Core } from "./core";
import { Outside } from "./link/outside";
import { NEW_DRAFT, START } from "./state/state";
import { Store } from "./state/store";

/** Name under which the core keeps its journal. */
const JOURNAL = "journal";

/** A panel around a core, which is made once the way to the outside is there. */
export async function start(makeCore: (outside: Outside) => Core): Promise<Panel> {
  const tabs = new Tabs();
  const outside = new Outside((product) => tabs.pageOf(product));
  const core = makeCore(outside);
  const kept = await recall();
  const journal = text(kept[JOURNAL]);
  if (journal !== undefined) core.restoreJournal(journal, (name) => text(kept[name]));
  const store = new Store({ ...START, draft: { ...NEW_DRAFT, ...draftOf(kept[DRAFT]) } });
  const panel: Panel = { core, store, outside };
  await onClick((click) => tabs.clicked(panel, click));
  return panel;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Only this panel writes it, so its members are what they were. */
function draftOf(value: unknown): Partial<SetupDraft> {
  return typeof value === "object" && value !== null ? value : {};
}
