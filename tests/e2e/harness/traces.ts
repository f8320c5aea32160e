/** What is left of a secret if somebody keeps a part of it, or keeps it in another spelling. */

/** Characters of a part: so many occur nowhere else by chance. */
const PART = 24;

/** Characters between two parts: whoever keeps twice as many has kept a whole one. */
const STEP = 8;

/** Returns the parts of a secret: each run of more than `PART + STEP` characters contains one. */
export function partsOf(secret: string): string[] {
  const parts: string[] = [];
  for (let from = 0; from + PART <= secret.length; from += STEP) parts.push(secret.slice(from, from + PART));
  return [...parts, secret.slice(-PART)];
}

/** Returns the spellings of a text in which it may be stored or sent: as it is, reversed, in base 64 wherever it begins, and in hexadecimal. */
function spellingsOf(part: string): string[] {
  const bytes = Buffer.from(part);
  const base64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // The first and the last characters depend on what is beside the text.
    return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const hex = bytes.toString("hex");
  return [part, [...part].reverse().join(""), ...base64, ...base64.map(urlSafe), hex, hex.toUpperCase()];
}

const urlSafe = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_");

/** Returns every text that betrays one of the secrets. */
export function tracesOf(secrets: Iterable<string>): string[] {
  return [...new Set([...secrets].flatMap(partsOf).flatMap(spellingsOf))];
}

/** Whether a text contains a trace of one of the secrets. */
export function betrays(text: string, secrets: Iterable<string>): boolean {
  return tracesOf(secrets).some((trace) => text.includes(trace));
}

/** Returns the same traces as bytes: as UTF-8, and as UTF-16 of both orders. */
export function bytesOf(traces: readonly string[]): Buffer[] {
  return traces.flatMap((trace) => {
    const wide = Buffer.from(trace, "utf16le");
    return [Buffer.from(trace), wide, Buffer.from(wide).swap16()];
  });
}
