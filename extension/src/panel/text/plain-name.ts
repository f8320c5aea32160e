/**
 * Names that people may have chosen themselves, for messages that an administrator sends: only what is plainly a name, so that nobody
 * gets words, links or addresses of their own into somebody else's mailbox (docs/SECURITY.md).
 */

/** Characters and words of a name at most; "Karl-Theodor Freiherr von und zu Guttenberg" has 43 in 6. */
const LONGEST = 50;
const MOST_WORDS = 6;

/** Letters with their marks, and what stands in or between the parts of a name; the joiner is Persian and Indic spelling. */
const IN_NAME = /^[\p{L}\p{M}\u200c '’‘.,()·・‐‑-]+$/u;

/** A dot within a word, as in a host name. It ends a word or part of one, or stands between initials: "J.R.R. Tolkien", "Dr.-Ing.". */
const DOT_WITHIN = /\.(?![ ,)‐‑-]|$|\p{L}\p{M}*\.)/u;

/** What Django allows in a user name. */
const USER_NAME = /^[\p{L}\p{M}\p{N}._@+-]{1,150}$/u;

/** Returns a name as it is greeted, with single spaces; empty if it is not plainly a name. */
export function plainName(name: string): string {
  const words = name.split(/[ \u00a0\u3000]+/).filter((word) => word !== "");
  const plain = words.join(" ");
  const isName =
    words.length <= MOST_WORDS &&
    [...plain].length <= LONGEST &&
    IN_NAME.test(plain) &&
    /\p{L}/u.test(plain) &&
    !DOT_WITHIN.test(plain);
  return isName ? plain : "";
}

/** Returns a user name; empty if it is neither one as authentik makes them nor plainly a name. */
export function plainUsername(username: string): string {
  const isOne = USER_NAME.test(username) && !/^www\./iu.test(username);
  return isOne ? username : plainName(username);
}
