/** What `cargo xtask` tells the scripts: where the things are that it has built or found. */

/** A variable that has to be there. */
export function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`the variable ${name} is not set; start through \`cargo xtask\``);
  return value;
}

/** A variable that may be there, and is not empty then. */
function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

const isSet = (name: string): boolean => optional(name) !== undefined;

export const environment = {
  /** Which browser journeys run in. */
  browser: () => required("COWBELL_BROWSER"),
  /** The program. */
  chromium: () => required("COWBELL_CHROMIUM"),
  /** The same. */
  firefox: () => required("COWBELL_FIREFOX"),
  /** A profile of Firefox to be copied: it was started in it once, without the extension, and showed nothing. */
  firefoxProfile: () => required("COWBELL_FIREFOX_PROFILE"),
  /** The unpacked extension. */
  extension: () => required("COWBELL_EXTENSION"),
  /** The page without the extension. */
  site: () => required("COWBELL_SITE"),
  /** The program that serves both stand-ins. */
  standins: () => required("COWBELL_STANDINS"),
  /** Where screenshots go, if any are wanted. */
  shots: () => optional("COWBELL_SHOTS"),
  /** Against real installations instead of the stand-ins. */
  real: () => isSet("COWBELL_REAL"),
  /** Real installations may have certificates that nobody knows. */
  insecureTls: () => isSet("COWBELL_INSECURE_TLS"),
  /** The demo without a window. */
  headless: () => isSet("COWBELL_HEADLESS"),
};
