/** A journey: steps that build on each other, so that the steps after a failed one are skipped. */

import { test } from "node:test";

/** Runs a step; its title is what it shows. */
export type Step = (proves: string, take: () => Promise<void>) => Promise<void>;

/** Declares a journey. */
export function journey(title: string, play: (step: Step) => Promise<void>): void {
  void test(title, async (context) => {
    let failed = false;
    await play(async (proves, take) => {
      await context.test(proves, { skip: failed && "an earlier step failed" }, async () => {
        failed = true;
        await take();
        failed = false;
      });
    });
  });
}
