/** What a journey needs of a browser beyond its pages. */

import type { Browser, Page } from "puppeteer-core";

import type { Panel } from "./panel.ts";

/** A file that was passed to the browser's downloads. */
export interface Download {
  name: string;
  text: string;
}

export interface Driver {
  readonly browser: Browser;
  /** Whether a click grants access to a site, or only to one page until the next is loaded. */
  readonly grants: "site" | "page";
  /** Clicks the toolbar icon for the active tab. */
  clickIcon(page: Page): Promise<void>;
  /** Runs a function that starts a download, and returns the file once it is complete. */
  download(start: () => Promise<void>): Promise<Download>;
  /** Counts the scripts of extensions in a page. */
  scriptsIn(page: Page): Promise<number>;
  /** Returns the panel once it is open. */
  panel(): Promise<Panel>;
  /** Closes the browser, and returns the errors that the extension reported. */
  close(): Promise<string[]>;
}

export interface DriverOptions {
  /** Whether to run without a window; true by default. */
  headless?: boolean;
  /** Language of the browser, which decides the language of the panel. */
  language?: string;
  /** Folder of the unpacked extension; by default the one that was built. */
  extension?: string;
  /** An organisation's policy for the extension; only Firefox reads it from a user's own folder. */
  policy?: object;
  /** Whether the extension may run in private windows, where a browser asks; false by default. */
  privately?: boolean;
  /** Folder of the profile, which is kept; by default a new one that is removed with the browser. */
  profile?: string;
}
