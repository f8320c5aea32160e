/** The panel's texts, so that no journey repeats them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { environment } from "./environment.ts";

interface Message {
  message: string;
}

/** Returns the text of a key as the panel shows it; `values` replace `{name}`. */
export function text(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return entry(key).message.replace(/\{(\w+)\}/g, (hole, name: string) => shown(values[name] ?? hole));
}

/** Returns the text of a key for a count. */
export function counted(key: string, count: number): string {
  return text(`${key}_${count === 1 ? "one" : "other"}`, { count });
}

/** Returns the sentence of a finding. */
export function finding(code: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text(`finding_${code}`, values);
}

const shown = (value: string | number): string => (typeof value === "number" ? value.toLocaleString("en") : value);

function entry(key: string): Message {
  const found = english()[key];
  if (found === undefined) throw new Error(`_locales has no ${key}`);
  return found;
}

let messages: Record<string, Message> | undefined;

function english(): Record<string, Message> {
  messages ??= JSON.parse(readFileSync(join(environment.extension(), "_locales/en/messages.json"), "utf8")) as Record<
    string,
    Message
  >;
  return messages;
}
