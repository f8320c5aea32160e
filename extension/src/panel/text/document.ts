/** Documents of texts and values, which the core writes in a format. */

import type { Block, BlockKind, Inline } from "cowbell-core";
import { parts } from "./words";

/** A part of a line. */
export type Line = readonly Inline[];

export function block(kind: BlockKind, parts: Line): Block {
  return { kind, parts: [...parts] };
}

export function text(text: string): Inline {
  return { kind: "text", text };
}

export function value(text: string): Inline {
  return { kind: "value", text };
}

/** The address of a page that the reader is to open. */
export function link(address: string): Inline {
  return { kind: "link", text: address };
}

/** Values, which may come from a product. */
export function listed(values: readonly string[]): Line {
  return values.flatMap((one, place): Inline[] => [...(place > 0 ? [text(", ")] : []), value(one)]);
}

/** A text of ours with values in the place of its placeholders. */
export function filled(template: string, values: Readonly<Record<string, string | Inline>>): Line {
  const lines = Object.fromEntries(
    Object.entries(values).map(([name, one]) => [name, [typeof one === "string" ? value(one) : one]]),
  );
  return parts(template, lines, text);
}
