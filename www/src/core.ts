/** The core with both products: loaded once, and not before somebody needs it. */

import init from "cowbell-core";

let loading: Promise<unknown> | undefined;

/** Resolves when the core can be called. */
export async function loadCore(): Promise<void> {
  await (loading ??= init());
}
