/** What a visitor of the page waits for, on a machine four times slower than this one, and how much comes over the network. */

import { Site } from "../e2e/harness/site.ts";
import words from "../../www/src/texts.json";
import { type Figure, median } from "./figure.ts";

const VISITS = 5;

/** Times slower than here: a phone. */
const SLOWER = 4;

/** Kilobytes, compressed: before anything is pressed, and in all. The journey holds the same limits. */
const MOST_AT_FIRST_KB = 300;
const MOST_IN_ALL_KB = 1_500;

export async function www(): Promise<Figure[]> {
  const paints: number[] = [];
  const interactive: number[] = [];
  const begun: number[] = [];
  let first = 0;
  let all = 0;
  for (let visit = 0; visit < VISITS; visit++) {
    await using site = await Site.open(SLOWER);
    paints.push(await time(site, "first-contentful-paint"));
    interactive.push(await time(site, "page-ready"));
    await site.widen();
    first = await site.transferred();
    const pressed = await site.page.evaluate(() => performance.now());
    await site.press(words.page_try);
    begun.push((await time(site, "try-ready")) - pressed);
    all = await site.transferred();
  }
  const slow = `median of ${VISITS}, ${SLOWER} times slower`;
  return [
    { name: `first paint, ${slow}`, value: median(paints), unit: "ms" },
    { name: `interactive, ${slow}`, value: median(interactive), unit: "ms" },
    { name: `from "try" to the panel, ${slow}`, value: median(begun), unit: "ms" },
    { name: "transfer before anything is pressed", value: first / 1_000, unit: "kB", atMost: MOST_AT_FIRST_KB },
    { name: 'transfer with "try"', value: all / 1_000, unit: "kB", atMost: MOST_IN_ALL_KB },
  ];
}

/** Waits for an entry of the browser's performance tools, and returns its time in milliseconds since the navigation. */
async function time({ page }: Site, name: string): Promise<number> {
  await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, {}, name);
  return page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN, name);
}
