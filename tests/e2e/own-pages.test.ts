/**
 * The extension's own pages connect to no server and treat no text as markup or code; pages and other extensions cannot send
 * messages to it. Chromium only.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import { text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";

test("its pages connect to themselves only, and no text becomes markup or code", async () => {
  await using stage = await launch({ standins: { users: 1 } });
  // Not the panel itself, whose console must stay empty.
  const page = await stage.visit(`chrome-extension://${stage.extension.id}/panel.html`);
  const ends = await page.evaluate(async (elsewhere) => {
    const end = async (act: () => unknown): Promise<string> => {
      try {
        await act();
        return "done";
      } catch (error) {
        return (error as Error).name;
      }
    };
    const markup = "<b>bold</b>";
    return {
      itself: await end(() => fetch("panel.css")),
      elsewhere: await end(() => fetch(elsewhere, { mode: "no-cors" })),
      socket: await new Promise((resolve) => {
        const socket = new WebSocket(elsewhere.replace("http", "ws"));
        socket.onerror = () => resolve("closed");
        socket.onopen = () => resolve("open");
      }),
      innerHTML: await end(() => (document.createElement("p").innerHTML = markup)),
      insertAdjacentHTML: await end(() => document.body.insertAdjacentHTML("beforeend", markup)),
      srcdoc: await end(() => (document.createElement("iframe").srcdoc = markup)),
      policy: await end(() =>
        (
          globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }
        ).trustedTypes.createPolicy("other", {}),
      ),
      // biome-ignore lint/security/noGlobalEval: tests that the page refuses this.
      // biome-ignore lint/complexity/noCommaOperator: calls eval indirectly, so that it runs in the global scope.
      eval: await end(() => (0, eval)("1")),
      // biome-ignore lint/nursery/noImpliedEval: the same.
      Function: await end(() => new Function("return 1")()),
      script: await end(() => document.createElement("script").setAttribute("src", `${elsewhere}/script.js`)),
    };
  }, stage.installation.origins.mailcow);
  assert.deepEqual(ends, {
    itself: "done",
    elsewhere: "TypeError",
    socket: "closed",
    innerHTML: "TypeError",
    insertAdjacentHTML: "TypeError",
    srcdoc: "TypeError",
    policy: "TypeError",
    eval: "EvalError",
    Function: "EvalError",
    script: "TypeError",
  });
});

test("another extension and a page get no answer, and change nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cowbell-other-"));
  try {
    const manifest = {
      manifest_version: 3,
      name: "Other",
      version: "1",
      permissions: ["tabs"],
      background: { service_worker: "other.js" },
    };
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "other.js"), "");
    await using stage = await launch({ standins: { users: 10 } });
    const tab = await stage.open("mailcow");
    const panel = await stage.clickToolbar(tab);
    await panel.says(text("mailcow_unknown"));
    const before = await everything(panel, tab);

    const other = await stage.browser.installExtension(folder);
    const target = await stage.browser.waitForTarget(
      (target) => target.type() === "service_worker" && target.url().includes(other),
    );
    const worker = await target.worker();
    assert.ok(worker);
    const told = await worker.evaluate(
      async (id, url) => {
        const [tab] = await chrome.tabs.query({ url });
        const message = { kind: "page", id: 1, batch: 1 };
        const ask = (port: chrome.runtime.Port): Promise<string> =>
          new Promise((resolve) => {
            port.onMessage.addListener((reply) => resolve(`answered ${JSON.stringify(reply)}`));
            port.onDisconnect.addListener(() => resolve(chrome.runtime.lastError?.message ?? "closed"));
            port.postMessage(message);
          });
        const send = async (sent: Promise<unknown>): Promise<string> =>
          sent.then(
            (reply) => `answered ${JSON.stringify(reply)}`,
            (error: Error) => error.message,
          );
        return [
          tab?.id === undefined ? "no tab" : "a tab",
          await send(chrome.runtime.sendMessage(id, message)),
          await ask(chrome.runtime.connect(id, { name: "cowbell" })),
          await send(chrome.tabs.sendMessage(tab?.id ?? 0, message)),
          await ask(chrome.tabs.connect(tab?.id ?? 0, { name: "cowbell", frameId: 0 })),
        ];
      },
      stage.extension.id,
      `${stage.installation.origins.mailcow}/*`,
    );
    const nobody = "Could not establish connection. Receiving end does not exist.";
    assert.deepEqual(told, ["a tab", nobody, nobody, nobody, nobody]);

    const seen = await tab.evaluate(async (id) => {
      const heard: unknown[] = [];
      const note = ({ data }: MessageEvent): void => void heard.push(data);
      addEventListener("message", note);
      const channel = new MessageChannel();
      channel.port1.onmessage = note;
      postMessage({ kind: "page", id: 1 }, "*", [channel.port2]);
      for (const type of ["cowbell", "connect"])
        dispatchEvent(new CustomEvent(type, { detail: { kind: "page", id: 1 } }));
      const load = (path: string): Promise<string> =>
        fetch(`chrome-extension://${id}/${path}`).then(
          () => `has ${path}`,
          () => "nothing",
        );
      const files = await Promise.all(
        ["panel.html", "panel.js", "page.js", "cowbell_bg.wasm", "icons/16.png", "manifest.json"].map(load),
      );
      const frame = document.createElement("iframe");
      frame.src = `chrome-extension://${id}/panel.html`;
      const loaded = new Promise((resolve) => (frame.onload = resolve));
      document.body.append(frame);
      await loaded;
      frame.remove();
      return {
        heard: heard.map((data) => JSON.stringify(data)),
        files: [...new Set(files)],
        extensions: typeof (globalThis as { chrome?: { runtime?: unknown } }).chrome?.runtime,
        world: "cowbellIsHere" in globalThis,
      };
    }, stage.extension.id);
    assert.deepEqual(seen, {
      heard: ['{"kind":"page","id":1}'],
      files: ["nothing"],
      extensions: "undefined",
      world: false,
    });
    assert.deepEqual(await everything(panel, tab), before);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Returns everything that an attacker could have changed: what the panel shows and stores, and the values of the page's form. */
async function everything(panel: Panel, tab: Page): Promise<unknown> {
  const kept = await panel.page.evaluate(async () => JSON.stringify(await chrome.storage.session.get()));
  const form = await tab.$$eval("input, select", (controls) =>
    controls.map((control) => (control as HTMLInputElement).value),
  );
  return { said: await panel.text(), kept, form };
}
