/**
 * The source of texts: the browser in the extension, a file of `_locales` in an ordinary page. Set once, before anything is
 * shown.
 */

export interface TextSource {
  /** Returns the text of a key with its placeholders unfilled; empty if there is none. */
  message(key: string): string;
  /** Language of the texts. */
  language(): string;
}

let source: TextSource | undefined;

export function useTexts(of: TextSource): void {
  source = of;
}

export function message(key: string): string {
  return source?.message(key) ?? "";
}

export function language(): string {
  return source?.language() ?? "";
}
