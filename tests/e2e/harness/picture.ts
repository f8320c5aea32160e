/** Pictures of a tab with the panel beside it, as an administrator sees both. */

import type { Page } from "puppeteer-core";

import type { Panel } from "./panel.ts";
import type { Stage } from "./stage.ts";

const TAB = { width: 840, height: 760 };

/** Photographs a tab and the panel as one picture, `<name>.png`. */
export async function sideBySide(stage: Stage, tab: Page, panel: Panel, name: string): Promise<void> {
  await tab.bringToFront();
  await tab.setViewport(TAB);
  const [left, right] = [await tab.screenshot({ encoding: "base64" }), await panel.page.screenshot({ encoding: "base64" })];
  const canvas = await stage.browser.newPage();
  await canvas.setViewport({ width: TAB.width + 1 + (panel.page.viewport()?.width ?? 0), height: TAB.height });
  await canvas.setContent(`<body style="display: flex; gap: 1px; margin: 0; background: #c5ccd4">
    <img src="data:image/png;base64,${left}"><img src="data:image/png;base64,${right}">`);
  await stage.photograph(canvas, name);
  await canvas.close();
  await tab.bringToFront();
}
