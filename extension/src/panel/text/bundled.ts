/** Texts of `_locales` that are part of a bundle, filled as browsers do it: for pages that are no extension. */

import type { TextSource } from "./source";

/** An entry of a file in `_locales`. */
export interface Text {
  message: string;
  placeholders?: Readonly<Record<string, { content: string }>>;
}

/** A source of these texts. */
export function bundled(texts: Readonly<Record<string, Text>>, language: string): TextSource {
  const message = (key: string, values: string[] = []): string => {
    const text = texts[key];
    const positions = text?.message.replace(/\$(\w+)\$/g, (_, name: string) => text.placeholders?.[name.toLowerCase()]?.content ?? "");
    return positions?.replace(/\$(\d)/g, (_, position: string) => values[Number(position) - 1] ?? "") ?? "";
  };
  return { message, language: () => language };
}
