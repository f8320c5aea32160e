/** Reads the text of an answer without letting it fill the memory. */

/** Bytes of a body that are read at most. */
export const MAX_BYTES = 32 * 1024 * 1024;

/** The body as UTF-8 text, or why it is none. Rejects when the connection breaks. */
export async function readText(answer: Response): Promise<string | { fault: "too_large" | "not_utf8" }> {
  if (!answer.body) return "";
  const reader = answer.body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    bytes += value?.byteLength ?? 0;
    const text = bytes > MAX_BYTES ? undefined : decode(decoder, value);
    if (text === undefined) {
      await reader.cancel();
      return { fault: bytes > MAX_BYTES ? "too_large" : "not_utf8" };
    }
    parts.push(text);
    if (done) return parts.join("");
  }
}

/** Decodes a piece, or the rest at the end; `undefined` if it is not UTF-8. */
function decode(decoder: TextDecoder, piece: Uint8Array | undefined): string | undefined {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch {
    return undefined;
  }
}
