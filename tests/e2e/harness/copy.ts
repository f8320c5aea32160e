/** A copy of the extension, for journeys that change what is in it. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

/** Makes each timer of a script that is at least `from` milliseconds long `times` times shorter. */
export async function hurry(script: string, from: number, times: number): Promise<void> {
  // The script is injected again on each click.
  const shorten =
    "{ const unhurried = (globalThis.unhurried ??= setTimeout); " +
    `globalThis.setTimeout = (work, ms) => unhurried(work, ms < ${from} ? ms : ms / ${times}); }`;
  await writeFile(script, `${shorten}\n${await readFile(script, "utf8")}`);
}
