/** What every action works with: the core, the store, the way to the tabs. */

import type { Core } from "../core";
import type { Store } from "../state/store";
import type { State } from "../state/state";
import type { Outside } from "../link/outside";
import type { Policy } from "../link/policy";
import type { Tabs } from "./connect";
import type { LiveForm } from "./form";

export interface Panel {
  core: Core;
  store: Store<State>;
  /** Where Cowbell may work. */
  policy: Policy;
  outside: Pick<Outside, "cancel" | "resume">;
  tabs: Pick<Tabs, "pageOf" | "tabOf" | "live" | "leave">;
  /** The users being read, while they are. */
  reading: Promise<void> | undefined;
  /** The form in mailcow's page, as long as that page lasts. */
  form: LiveForm | undefined;
}
