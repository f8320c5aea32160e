/** Where texts come from: the browser in the extension, a file of `_locales` in an ordinary page. Said once, before anything is shown. */

export interface TextSource {
  /** The text of a key, with values for its placeholders in their order; empty if there is none. */
  message(key: string, values?: string[]): string;
  /** Language of the texts. */
  language(): string;
}

let source: TextSource | undefined;

export function useTexts(of: TextSource): void {
  source = of;
}

export function message(key: string, values: string[] = []): string {
  return source?.message(key, values) ?? "";
}

export function language(): string {
  return source?.language() ?? "";
}
