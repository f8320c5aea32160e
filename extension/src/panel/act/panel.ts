/** What every action works with: the core, the store, the way to the tabs. */

import type { Core } from "../core";
import type { Store } from "../state/store";
import type { State } from "../state/state";
import type { Outside } from "../link/outside";

export interface Panel {
  core: Core;
  store: Store<State>;
  outside: Pick<Outside, "cancel" | "resume">;
}
