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

export function holds({
  value,
  atMost = Number.POSITIVE_INFINITY,
  atLeast = Number.NEGATIVE_INFINITY,
}: Figure): boolean {
  return value <= atMost && value >= atLeast;
}

export function line(figure: Figure): string {
  const sign = holds(figure) ? "✓" : "✗";
  const limits = [limit("at most", figure.atMost), limit("at least", figure.atLeast)].filter((text) => text !== "");
  return `${sign} ${figure.name.padEnd(48)}${figure.value.toFixed(2).padStart(10)} ${figure.unit.padEnd(10)}${limits.join(", ")}`;
}

/** The value in the middle, of two the greater. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

const limit = (word: string, value: number | undefined): string => (value === undefined ? "" : `${word} ${value}`);
