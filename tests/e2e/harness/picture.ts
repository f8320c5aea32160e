/** Pictures for people who do not have Cowbell yet, in the sizes that stores require. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page, Viewport } from "puppeteer-core";

import manifest from "../../../extension/manifest.base.json" with { type: "json" };
import { environment } from "./environment.ts";
import { text } from "./messages.ts";
import type { Panel } from "./panel.ts";
import type { Stage } from "./stage.ts";

/** Size of a picture of the product. */
const SHOT = { width: 1280, height: 800 };

/** Size of the small picture beside its name. */
const TILE = { width: 440, height: 280 };

/** Width of the panel in a picture; the rest, except for a line, is the tab's. */
const PANEL = 360;

/** Takes a screenshot of a tab with the panel beside it, as an administrator sees both, as `<name>.png`. */
export async function sideBySide(stage: Stage, tab: Page, panel: Panel, name: string): Promise<void> {
  await tab.bringToFront();
  await tab.setViewport({ ...SHOT, width: SHOT.width - PANEL - 1 });
  const before = panel.page.viewport();
  await panel.page.setViewport({ ...SHOT, width: PANEL });
  const [left, right] = [
    await tab.screenshot({ encoding: "base64" }),
    await panel.page.screenshot({ encoding: "base64" }),
  ];
  await panel.page.setViewport(before);
  const images = [left, right].map((data) => `<img src="data:image/png;base64,${data}">`);
  await draw(
    stage,
    name,
    SHOT,
    `<body style="display: flex; gap: 1px; margin: 0; background: #c5ccd4">${images.join("")}`,
  );
  await tab.bringToFront();
}

/** Draws the icon in every size that the manifest names, as `<name>-<size>.png`. */
export async function icons(stage: Stage, name: string): Promise<void> {
  for (const size of Object.keys(manifest.icons)) {
    await draw(
      stage,
      `${name}-${size}`,
      { width: Number(size), height: Number(size) },
      `<body style="margin: 0; display: flex">${await bell(Number(size))}`,
    );
  }
}

/** Draws the small picture: the bell, the name and the description. */
export async function tile(stage: Stage, name: string): Promise<void> {
  const [what = ""] = text("extension_description").split(":");
  await draw(
    stage,
    name,
    TILE,
    `<body style="display: flex; flex-direction: column; gap: 14px; align-items: center; justify-content: center; height: 100vh; margin: 0;
      background: linear-gradient(#f6f8fb, #dfe7f1); color: #14202e; font: 600 21px/1.3 system-ui, sans-serif">
      ${await bell(104)}
      <div style="font-size: 46px; line-height: 1; letter-spacing: -0.02em; font-weight: 700">${text("extension_name")}</div>
      <div style="color: #43536a">${what}</div>`,
  );
}

async function bell(size: number): Promise<string> {
  return `<img src="data:image/svg+xml;base64,${await readFile("extension/icons/icon.svg", "base64")}" width="${size}" height="${size}">`;
}

async function draw(stage: Stage, name: string, size: Viewport, html: string): Promise<void> {
  const folder = environment.shots();
  if (folder === undefined) return;
  const canvas = await stage.browser.newPage();
  await canvas.setViewport(size);
  await canvas.setContent(html);
  // Areas that the drawing does not cover are transparent.
  await canvas.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
  await canvas.close();
}
