/** A browser that has no space left for what can be undone. */

import assert from "node:assert/strict";

import { environment } from "./harness/environment.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { authentikState } from "./harness/witness.ts";

journey("what cannot be remembered beyond the panel is said, and undone from it", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const witness = await stage.open("authentik");
  const before = await authentikState(witness);
  const panel = await stage.clickToolbar(await stage.visit(witness.url()));
  await panel.says(text("setup_title"));
  const isFull = await panel.page.evaluate(fill);

  await step("a run goes on, and says until when it can be undone", async () => {
    await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await panel.pressMain();
    await panel.says(text("done_all"));
    // Firefox limits this storage only in newer versions.
    assert.ok(isFull || environment.browser() === "firefox");
    if (!isFull) return;
    await panel.says(text("undo_not_kept"));
    await panel.assertAccessible();
    await panel.shots("undo-not-kept");
  });

  await step("it is undone", async () => {
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    assert.deepEqual(await authentikState(witness), before);
  });
});

/** Fills the storage of the session; returns whether the browser refuses more. */
async function fill(): Promise<boolean> {
  let isFull = false;
  let number = 0;
  for (let length = 1 << 20; length >= 16; length >>= 1) {
    try {
      while (number < 64) {
        await chrome.storage.session.set({ [`filler ${number}`]: "x".repeat(length) });
        number += 1;
      }
    } catch {
      isFull = true;
    }
  }
  return isFull;
}
