/** A page is what the browser shows in its tab, whatever its script says of itself (docs/contract/cases.md, S1). */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Page, PageGone } from "../../extension/src/panel/tabs/page";
import type { ToPage, ToPanel } from "../../extension/src/protocol";

/** Opens the page of a tab that shows one address while the script in it reports another; returns whether its port was closed, too. */
async function opened(
  shown: string | undefined,
  reported: string,
): Promise<{ page: Promise<Page>; isClosed: () => boolean }> {
  let closed = false;
  const heard: ((message: ToPanel) => void)[] = [];
  const port = {
    onMessage: { addListener: (listener: (message: ToPanel) => void) => heard.push(listener) },
    onDisconnect: { addListener: () => undefined },
    postMessage: (message: ToPage) => {
      if (message.kind !== "page") return;
      for (const listener of heard) listener({ kind: "page", id: message.id, url: reported, language: "de-de" });
    },
    disconnect: () => {
      closed = true;
    },
  };
  const tabs = { connect: () => port, get: async () => ({ url: shown, status: "complete" }) };
  const scripting = { executeScript: async () => [] };
  Object.assign(globalThis, { chrome: { tabs, scripting, runtime: {} } });
  return { page: Page.open(1), isClosed: () => closed };
}

test("a page is that of its tab", async () => {
  const { page } = await opened(
    "https://authentik.company/if/admin/#/core",
    "https://authentik.company/if/admin/#/events",
  );
  assert.equal((await page).url, "https://authentik.company/if/admin/#/events");
  assert.equal((await page).language, "de-de");
});

for (const shown of [
  "https://authentik.company.evil.example/if/admin/",
  "http://authentik.company/if/admin/",
  "about:blank",
  undefined,
]) {
  test(`a page in a tab with ${shown} is not authentik's, although it says so`, async () => {
    const { page, isClosed } = await opened(shown, "https://authentik.company/if/admin/");
    await assert.rejects(page, PageGone);
    assert.ok(isClosed(), "its port is closed");
  });
}
