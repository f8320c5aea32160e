/** A click on the icon on a page that is neither of the products. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** Browsers request an icon by themselves unless a page has one. */
const PAGE = `<!DOCTYPE html><link rel="icon" href="data:,"><title>Elsewhere</title><p>Nothing to see here.</p>`;

test("on any other page the panel explains where to click, and touches nothing", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("Content-Type", "text/html").end(PAGE);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await using stage = await launch();
    const tab = await stage.visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page`);
    const [document, requests] = [await tab.content(), asked.length];
    const panel = await stage.clickToolbar(tab);
    await panel.says(text("elsewhere_title"));
    await panel.assertAccessible();
    await panel.shots("elsewhere");
    assert.equal(await tab.content(), document);
    assert.equal(asked.length, requests);
    assert.equal(await stage.scriptsIn(tab), 0, "a script was put into the page");
    // A page of a product shows that a script would have been noticed.
    const authentik = await stage.open("authentik");
    await stage.clickToolbar(authentik);
    await panel.says(text("setup_title"));
    assert.equal(await stage.scriptsIn(authentik), 1);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
