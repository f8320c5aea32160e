/** docs/PERFORMANCE.md: what was measured, between two marks for each part, with the date, the commit and the machine. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

import { environment } from "../e2e/harness/environment.ts";
import { type Figure, holds, limits, type Result, type Table } from "./figure.ts";

const DOCUMENT = "docs/PERFORMANCE.md";

/** Puts the figures of a part in the place of the earlier ones. */
export function write(part: string, { figures, tables = [], pictures = [] }: Result): void {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const text = readFileSync(DOCUMENT, "utf8");
  const [before, rest = ""] = text.split(begin);
  const [, after] = rest.split(end);
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no place for ${part}`);
  for (const { path, content } of pictures) writeFileSync(path, content);
  const blocks = [...tables.map(markdown), markdown(asTable(figures)), `<sub>${circumstances()}</sub>`];
  writeFileSync(DOCUMENT, [before, begin, "\n", blocks.join("\n\n"), "\n", end, after].join(""));
}

function asTable(figures: Figure[]): Table {
  const rows = figures.map((figure) => [
    holds(figure) ? "✓" : "✗",
    figure.name,
    `${figure.value.toFixed(2)} ${figure.unit}`.trim(),
    limits(figure),
  ]);
  return { columns: ["", "figure", "measured", "limit"], rows };
}

function markdown({ columns, rows }: Table): string {
  const line = (texts: string[]): string => `| ${texts.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** When, of which commit, and where. */
function circumstances(): string {
  const run = (program: string, ...words: string[]): string =>
    execFileSync(program, words, { encoding: "utf8" }).trim();
  const changed = run("git", "status", "--porcelain", "--", "src", "wasm", "extension", "tests/standins") !== "";
  const commit = run("git", "rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
  const [day] = new Date().toISOString().split("T");
  const processors = cpus();
  // Debian's name of itself behind the version is of no use.
  const browser = /^\w+ [\d.]+/.exec(run(environment.chromium(), "--version"))?.[0] ?? "Chromium";
  return [day, `commit ${commit}`, `${processors.length} × ${processors[0]?.model ?? "?"}`, browser].join(", ");
}
