/** Something measured, and what it has to keep to. */

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The value may not be greater. */
  atMost?: number;
  /** The value may not be less. */
  atLeast?: number;
}

/** What a part has measured. */
export interface Result {
  figures: Figure[];
  /** What reads better as a table. */
  tables?: Table[];
  /** Files that show it. */
  pictures?: { path: string; content: string }[];
}

/** What a part gives: figures, and more if it has more. */
export type Measured = Figure[] | Result;

/** Texts in columns. */
export interface Table {
  columns: string[];
  rows: string[][];
}

/** A table for a terminal. */
export function lines({ columns, rows }: Table): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function holds({
  value,
  atMost = Number.POSITIVE_INFINITY,
  atLeast = Number.NEGATIVE_INFINITY,
}: Figure): boolean {
  return value <= atMost && value >= atLeast;
}

export function line(figure: Figure): string {
  const sign = holds(figure) ? "✓" : "✗";
  return `${sign} ${figure.name.padEnd(48)}${figure.value.toFixed(2).padStart(10)} ${figure.unit.padEnd(10)}${limits(figure)}`;
}

/** What a value has to keep to, in words. */
export function limits({ atMost, atLeast }: Figure): string {
  return [limit("at most", atMost), limit("at least", atLeast)].filter((text) => text !== "").join(", ");
}

/** The value in the middle, of two the greater. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

const limit = (word: string, value: number | undefined): string => (value === undefined ? "" : `${word} ${value}`);
