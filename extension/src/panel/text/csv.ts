/** Tables in the format of spreadsheets (RFC 4180). */

/** Returns a table as text. */
export function csv(rows: readonly (readonly string[])[]): string {
  // The byte order mark tells spreadsheets that it is UTF-8.
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

/** Spreadsheets would evaluate a value that begins like a formula, and users choose their names and addresses. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
