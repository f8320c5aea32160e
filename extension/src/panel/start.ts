/** Brings a panel to life: what was kept comes back, and clicks are heard. */

import type { SetupDraft } from "cowbell-core";
import { managed, onClick, recall } from "../ext";
import { Tabs } from "./act/connect";
import type { Panel } from "./act/panel";
import { isSwitching } from "./act/readiness";
import { leave, whenUnused } from "./act/secret";
import { DRAFT } from "./act/setup";
import type { Core } from "./core";
import { Outside } from "./link/outside";
import { Policy } from "./link/policy";
import { NEW_DRAFT, START, type State } from "./state/state";
import { Store } from "./state/store";

/** Name under which the core keeps its journal. */
const JOURNAL = "journal";

/** Name under which it keeps which mailboxes it switched. */
const SWITCHED = "mailboxes";

/** A panel around a core, which is made once the way to the outside is there. */
export async function start(makeCore: (outside: Outside) => Core): Promise<Panel> {
  const tabs = new Tabs();
  const policy = new Policy(await managed("allowedOrigins"));
  const outside = new Outside((product) => tabs.pageOf(product), policy);
  const core = makeCore(outside);
  const kept = await recall();
  const texts = Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const journal = kept[JOURNAL];
  if (typeof journal === "string") core.restoreJournal(journal, texts);
  const switched = kept[SWITCHED];
  if (typeof switched === "string") core.restoreSwitched(switched);
  const store = new Store({ ...START, draft: { ...NEW_DRAFT, ...draftOf(kept[DRAFT]) } });
  const panel: Panel = { core, store, policy, outside, tabs, reading: undefined, form: undefined };
  whenUnused(
    document,
    () => isBusy(store.state),
    () => leave(panel),
  );
  addEventListener("pagehide", () => core.forgetSecret());
  await onClick((click) => tabs.clicked(panel, click));
  return panel;
}

/** Whether something goes on that takes its time. */
function isBusy(state: State): boolean {
  return state.run.kind === "running" || isSwitching(state);
}

/** Only this panel writes it, so its members are what they were. */
function draftOf(value: unknown): Partial<SetupDraft> {
  return typeof value === "object" && value !== null ? value : {};
}
