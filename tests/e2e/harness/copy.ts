/** A copy of the extension, for journeys that change what is in it. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pseudo } from "../../pseudo.ts";
import { environment } from "./environment.ts";
import type { Spoken } from "./messages.ts";

export interface Copy extends AsyncDisposable {
  /** Folder of the copy. */
  readonly folder: string;
}

/** Copies the extension; disposing of the copy removes it. */
export async function copyExtension(extension = environment.extension()): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  await cp(extension, folder, { recursive: true });
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

/** Makes the panel of a copy speak a language, whatever the browser's is. */
export async function translate({ folder }: Copy, language: Spoken): Promise<void> {
  const path = join(folder, "panel.js");
  const script = await readFile(path, "utf8");
  const speaking =
    language === "pseudo"
      ? // A text is the only literal that esbuild writes as a member of this name.
        script.replace(/\bmessage:( ?)("(?:[^"\\]|\\.)*")/g, (_, space: string, literal: string) => {
          return `message:${space}${JSON.stringify(pseudo(JSON.parse(literal) as string))}`;
        })
      : script.replace("chrome.i18n.getUILanguage()", JSON.stringify(language));
  if (speaking === script) throw new Error(`the panel cannot be made to speak ${language}`);
  await writeFile(path, speaking);
}
