/** Files that the panel hands to the browser's downloads. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "puppeteer-core";

export interface Download {
  name: string;
  text: string;
}

/** Does what starts a download, and gives the file once it is complete. */
export async function downloaded(page: Page, start: () => Promise<void>): Promise<Download> {
  const session = await page.createCDPSession();
  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  try {
    await session.send("Browser.setDownloadBehavior", { behavior: "allowAndName", downloadPath: folder, eventsEnabled: true });
    let name = "";
    session.on("Browser.downloadWillBegin", ({ suggestedFilename }) => (name = suggestedFilename));
    const done = new Promise<string>((resolve, reject) => {
      session.on("Browser.downloadProgress", ({ guid, state }) => {
        if (state === "completed") resolve(guid);
        if (state === "canceled") reject(new Error(`${name} was not downloaded`));
      });
    });
    await start();
    return { text: await readFile(join(folder, await done), "utf8"), name };
  } finally {
    await session.detach();
    await rm(folder, { recursive: true });
  }
}
