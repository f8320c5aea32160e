/** The panel's texts, so that no journey repeats them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { environment } from "./environment.ts";

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}

/** The text with this key as the panel shows it; `values` stand for `$1`, `$2`, … as with `chrome.i18n.getMessage`. */
export function text(key: string, ...values: string[]): string {
  const entry = english()[key];
  if (entry === undefined) throw new Error(`_locales has no ${key}`);
  const withNumbers = entry.message.replace(/\$(\w+)\$/g, (whole, name: string) => entry.placeholders?.[name.toLowerCase()]?.content ?? whole);
  return withNumbers.replace(/\$(\d)/g, (_, number: string) => values[Number(number) - 1] ?? "");
}

let messages: Record<string, Message> | undefined;

function english(): Record<string, Message> {
  messages ??= JSON.parse(readFileSync(join(environment.extension(), "_locales/en/messages.json"), "utf8")) as Record<string, Message>;
  return messages;
}
