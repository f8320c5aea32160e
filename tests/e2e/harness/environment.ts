/** What `cargo xtask` passes to the scripts: the paths of what it has built or found. */

/** Returns a variable that must be set. */
export function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`the variable ${name} is not set; start through \`cargo xtask\``);
  return value;
}

/** Returns a variable that may be set; an empty one counts as not set. */
function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

const isSet = (name: string): boolean => optional(name) !== undefined;

export const environment = {
  /** The browser in which journeys run. */
  browser: () => required("COWBELL_BROWSER"),
  /** The Chromium program. */
  chromium: () => required("COWBELL_CHROMIUM"),
  /** The Firefox program. */
  firefox: () => required("COWBELL_FIREFOX"),
  /** A Firefox profile to copy: Firefox was started with it once, without the extension, and showed nothing. */
  firefoxProfile: () => required("COWBELL_FIREFOX_PROFILE"),
  /** The unpacked extension. */
  extension: () => required("COWBELL_EXTENSION"),
  /** The page without the extension. */
  site: () => required("COWBELL_SITE"),
  /** The program that serves both stand-ins. */
  standins: () => required("COWBELL_STANDINS"),
  /** A Python that has authentik's client. */
  python: () => required("COWBELL_PYTHON"),
  /** Folder of screenshots, if any are wanted. */
  shots: () => optional("COWBELL_SHOTS"),
  /** The language in which journeys run that do not choose one: of the panel, or "pseudo" (tests/pseudo.ts). */
  language: () => optional("COWBELL_LANGUAGE"),
  /** Whether to use real installations instead of the stand-ins. */
  real: () => isSet("COWBELL_REAL"),
  /** Whether to accept certificates of an unknown authority, as real installations may have. */
  insecureTls: () => isSet("COWBELL_INSECURE_TLS"),
  /** Whether the demo runs without a window. */
  headless: () => isSet("COWBELL_HEADLESS"),
};
