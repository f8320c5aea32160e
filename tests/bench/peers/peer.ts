/** A way to set `email_verified` for everybody who needs it. */

import type { Stage } from "../../e2e/harness/stage.ts";

export interface Scene {
  stage: Stage;
  /** authentik's origin by number: a script does not know the names that a browser takes for this machine. */
  api: string;
  /** A token of the administrator. */
  token: string;
}

/** Reads, calls `ready`, writes, and returns what it says of a failure; nothing if it says nothing. */
export type Peer = (scene: Scene, ready: () => Promise<void>) => Promise<string>;
