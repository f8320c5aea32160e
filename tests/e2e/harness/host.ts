/** What a journey asks of a browser beyond its pages. */

import type { Browser, Page } from "puppeteer-core";

import type { Panel } from "./panel.ts";

/** A file that was handed to the browser's downloads. */
export interface Download {
  name: string;
  text: string;
}

export interface Host {
  readonly browser: Browser;
  /** Whether a click gives access to a site, or to one page only until the next is loaded. */
  readonly grants: "site" | "page";
  /** Clicks the icon in the toolbar for the tab in front. */
  clickIcon(page: Page): Promise<void>;
  /** Does what starts a download, and gives the file once it is complete. */
  download(start: () => Promise<void>): Promise<Download>;
  /** How many scripts extensions have in a page. */
  scriptsIn(page: Page): Promise<number>;
  /** The panel, as soon as it is open. */
  panel(): Promise<Panel>;
  /** Ends the browser, and gives the errors that the extension reported. */
  close(): Promise<string[]>;
}

export interface HostOptions {
  /** Without a window; true unless said otherwise. */
  headless?: boolean;
  /** Language of the browser, which decides the language of the panel. */
  language?: string;
  /** Folder of the unpacked extension; the one that was built unless said otherwise. */
  extension?: string;
  /** What an organisation's policy says of the extension; only Firefox takes it from a user's own folder. */
  policy?: object;
  /** Whether the extension may be in private windows, where a browser asks; not unless said otherwise. */
  privately?: boolean;
  /** Folder of the profile, which stays; a new one that goes with the browser unless said otherwise. */
  profile?: string;
}
