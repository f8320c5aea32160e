/** Texts that mean harm, for whatever a user or another server can choose (`tests/hostile/README.md`). */

import lists from "../../hostile/texts.json" with { type: "json" };

/** Has a visible effect if it is interpreted as markup or code; `tag` is an element that the panel never creates. */
export const HARM = lists.markup[0] ?? "";

/** Terminates texts, attributes, templates and messages of other kinds. */
const ENDS = `'"\`}]>-->\${harm}{name}%00\u202e`;

/** A name that is hostile in most ways at once. */
export const NAME = `${HARM}${ENDS}`;

/** All short texts that a server can store: PostgreSQL knows no NUL, and no half of a surrogate pair. */
const TEXTS = Object.entries(lists)
  .filter(([kind]) => kind !== "long" && kind !== "lone_surrogates")
  .flatMap(([, texts]) => texts)
  .filter((text) => !text.includes("\0"));

/** How many texts each of the names that differ has. */
const EACH = 8;

/** How many names have all texts. */
export const NAMES = Math.ceil(TEXTS.length / EACH);

/** A hostile name with some of the texts; those of {@link NAMES} places in a row have all of them. */
export function name(place: number): string {
  const begin = (place % NAMES) * EACH;
  return `${NAME}${TEXTS.slice(begin, begin + EACH).join(" ")}${place}`;
}
