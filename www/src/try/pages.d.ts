/** Scripts that run in pages, as functions of what they have in the place of globals. The build makes them (`xtask/src/build/www.rs`). */
declare module "cowbell-pages" {
  import type { Realm } from "./tab";

  /** Names of the frame's own classes and functions that the scripts use. */
  export const GLOBALS: readonly string[];

  /** The script that a click on the icon injects: `extension/src/page/executor.ts`. */
  export function runExecutor(realm: Realm): void;

  /** The script of the simulated mailcow's pages: `tests/standins/src/mailcow/pages/mailcow.js`. */
  export function runMailcow(realm: Realm): void;
}
