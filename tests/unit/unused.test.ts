/** A panel that is not used lets go of the client secret. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { UNUSED_MS, whenUnused } from "../../extension/src/panel/act/secret";

test("a panel in use keeps it; one that is not used lets go after a quarter of an hour, also when the computer slept", () => {
  mock.timers.enable({ apis: ["setInterval", "Date"] });
  try {
    const page = new EventTarget();
    let [left, isBusy] = [0, false];
    whenUnused(
      page,
      () => isBusy,
      () => left++,
    );
    mock.timers.tick(UNUSED_MS - 1);
    assert.equal(left, 0);
    page.dispatchEvent(new Event("pointerdown"));
    mock.timers.tick(UNUSED_MS - 1);
    assert.equal(left, 0);
    page.dispatchEvent(new Event("keydown"));
    isBusy = true;
    mock.timers.tick(4 * UNUSED_MS);
    assert.equal(left, 0);
    isBusy = false;
    mock.timers.tick(UNUSED_MS);
    assert.ok(left > 0);

    page.dispatchEvent(new Event("pointerdown"));
    const before = left;
    mock.timers.setTime(Date.now() + UNUSED_MS);
    page.dispatchEvent(new Event("pointerdown"));
    assert.equal(left, before + 1, "before what is pressed is done");
  } finally {
    mock.timers.reset();
  }
});
