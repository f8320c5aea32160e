/** A copy of the extension, for journeys that change what is in it. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { environment } from "./environment.ts";

export interface Copy extends AsyncDisposable {
  /** Folder of the copy. */
  readonly folder: string;
}

/** Copies the extension; disposing of the copy removes it. */
export async function copyExtension(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  await cp(environment.extension(), folder, { recursive: true });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
