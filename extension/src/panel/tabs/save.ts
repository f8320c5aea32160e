/** Saves a text as a file, only ever on a click. */

import type { SavedFile } from "cowbell-core";

/** The media type of each file that leaves Cowbell. The core has written all of them, and attacks them in its tests. */
const TYPE: Record<SavedFile, string> = {
  blueprint: "application/yaml",
  terraform: "text/plain",
  mailcow_api: "application/json",
  plan: "application/json",
  report: "text/markdown",
  table: "text/csv;charset=utf-8",
  message: "text/plain;charset=utf-8",
  html_message: "text/html;charset=utf-8",
};

/** Passes a text that the core has written to the browser's downloads. */
export function saveFile(file: SavedFile, name: string, text: string): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([text], { type: TYPE[file] }));
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
