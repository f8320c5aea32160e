/** Saves a text as a file, only ever on a click. */

/** Passes a text to the browser's downloads. */
export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([text], { type }));
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
