/** Reads the body of a response without filling the memory. */

/** Bytes of a body that are passed on at most. */
export const MAX_BYTES = 32 * 1024 * 1024;

/** Bytes of a body that are read at most if only some members of it are passed on. */
export const MAX_LIST_BYTES = 4 * MAX_BYTES;

/**
 * Returns the body as UTF-8 text, or why it is not text; of a list, only the members needed. Rejects if the connection breaks.
 */
export async function readText(
  answer: Response,
  only?: string[],
): Promise<string | { error: "too_large" | "not_utf8" }> {
  if (!answer.body) return "";
  const reader = answer.body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  const most = only ? MAX_LIST_BYTES : MAX_BYTES;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    bytes += value?.byteLength ?? 0;
    const text = bytes > most ? undefined : decode(decoder, value);
    if (text === undefined) {
      await reader.cancel();
      return { error: bytes > most ? "too_large" : "not_utf8" };
    }
    parts.push(text);
    if (done) break;
  }
  const text = parts.join("");
  const needed = only && narrow(text, only);
  if (needed === undefined) return bytes > MAX_BYTES ? { error: "too_large" } : text;
  return new Blob([needed]).size > MAX_BYTES ? { error: "too_large" } : needed;
}

/** Returns the members of these names in a list of objects, at any depth; `undefined` if the text is not a JSON list. */
export function narrow(text: string, only: string[]): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? JSON.stringify(value, only) : undefined;
  } catch {
    return undefined;
  }
}

/** Decodes a chunk, or what remains at the end; `undefined` if it is not UTF-8. */
function decode(decoder: TextDecoder, piece: Uint8Array | undefined): string | undefined {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch {
    return undefined;
  }
}
