/** How long an administrator waits for the panel before the core answers. */

import { launch } from "../e2e/harness/stage.ts";
import { type Figure, median } from "./figure.ts";

const LOADS = 20;

/** The mark that the panel sets when the core can be called and the panel is about to show; its time begins with the navigation. */
const MARK = "core-ready";

export async function ready(): Promise<Figure[]> {
  await using stage = await launch();
  const page = await stage.browser.newPage();
  const times: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    await page.goto(`chrome-extension://${stage.extension.id}/panel.html`);
    await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, {}, MARK);
    times.push(await page.evaluate((mark) => performance.getEntriesByName(mark)[0]?.startTime ?? Number.NaN, MARK));
  }
  await page.close();
  return [{ name: `core ready in the panel, median of ${LOADS}`, value: median(times), unit: "ms" }];
}
