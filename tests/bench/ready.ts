/**
 * How long an administrator waits: for the core in the panel, beside a page that loads a module without anything in it; and from the click
 * on the icon to the first facts.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "puppeteer-core";

import { copyExtension } from "../e2e/harness/copy.ts";
import { text } from "../e2e/harness/messages.ts";
import { launch, type Stage } from "../e2e/harness/stage.ts";
import { Traffic } from "../e2e/harness/traffic.ts";
import { type Figure, median, type Result, type Table } from "./figure.ts";

const LOADS = 20;
const CLICKS = 5;

/** The mark that the panel sets when the core can be called and the panel is about to show; its time begins with the navigation. */
const MARK = "core-ready";

/** A page like the panel's, with a module that has nothing in it. */
const EMPTY = "empty.html";

/** The eight bytes that every module begins with. */
const MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Milliseconds since the navigation. */
interface Load {
  /** The core is asked for, compiled and instantiated. */
  asked: number;
  instantiated: number;
  ready: number;
  /** The first paint with anything in it; 0 on a page without. */
  paint: number;
  /** Whether the module was compiled while it arrived. */
  streamed: boolean;
}

/** Milliseconds since the click on the icon. */
interface Click {
  document: number;
  ready: number;
  firstRequest: number;
  lastAnswer: number;
  facts: number;
}

export async function ready(): Promise<Result> {
  await using copy = await copyExtension();
  await addEmptyPage(copy.folder);
  await using stage = await launch({ extension: copy.folder });
  const page = await stage.browser.newPage();
  await page.evaluateOnNewDocument(markInstantiation);
  const panels: Load[] = [];
  const empties: Load[] = [];
  for (let load = 0; load < LOADS; load++) {
    panels.push(await loaded(stage, page, "panel.html"));
    empties.push(await loaded(stage, page, EMPTY));
  }
  await page.close();
  const clicks: Click[] = [];
  for (let click = 0; click < CLICKS; click++) clicks.push(await clicked(stage));
  const middle = (loads: Load[], value: (load: Load) => number): number => median(loads.map(value));
  const core = middle(panels, (load) => load.ready);
  const empty = middle(empties, (load) => load.ready);
  const figures: Figure[] = [
    { name: `core ready in the panel, median of ${LOADS}`, value: core, unit: "ms" },
    { name: "a module with nothing in it, in turn", value: empty, unit: "ms" },
    { name: "the core as a ratio to that", value: core / empty, unit: "" },
    { name: "of that, since the core was asked for", value: middle(panels, sinceAsked), unit: "ms" },
    { name: "the same for the module with nothing in it", value: middle(empties, sinceAsked), unit: "ms" },
    {
      name: "loads whose module was compiled while it arrived",
      value: panels.filter(({ streamed }) => streamed).length / LOADS,
      unit: "",
      atLeast: 1,
    },
    {
      name: `from the click to the first facts, median of ${CLICKS}`,
      value: median(clicks.map(({ facts }) => facts)),
      unit: "ms",
    },
  ];
  return { figures, tables: [stepsOfLoad(panels, empties), stepsOfClick(clicks)] };
}

function sinceAsked({ asked, ready }: Load): number {
  return ready - asked;
}

function stepsOfLoad(panels: Load[], empties: Load[]): Table {
  const row = (name: string, value: (load: Load) => number): string[] => [
    name,
    ...[panels, empties].map((loads) => {
      const middle = median(loads.map(value));
      return middle === 0 ? "" : `${middle.toFixed(1)} ms`;
    }),
  ];
  return {
    columns: ["since the navigation", "panel", "with nothing in it"],
    rows: [
      row("it runs and asks for the module", ({ asked }) => asked),
      row("the module is compiled and instantiated", ({ instantiated }) => instantiated),
      row("the core is ready", (load) => load.ready),
      row("something is painted", ({ paint }) => paint),
    ],
  };
}

function stepsOfClick(clicks: Click[]): Table {
  const row = (name: string, value: (click: Click) => number): string[] => [
    name,
    `${median(clicks.map(value)).toFixed(0)} ms`,
  ];
  return {
    columns: ["since the click", "median"],
    rows: [
      row("the browser has opened the panel and begins to load it", ({ document }) => document),
      row("the core is ready", (click) => click.ready),
      row("the script in the tab sends the first request", ({ firstRequest }) => firstRequest),
      row("the last answer for them has arrived", ({ lastAnswer }) => lastAnswer),
      row("the facts are on the screen", ({ facts }) => facts),
    ],
  };
}

/** Puts the page with nothing in it into an extension. */
async function addEmptyPage(folder: string): Promise<void> {
  const script = `await WebAssembly.instantiateStreaming(fetch("empty.wasm"), {}); performance.mark(${JSON.stringify(MARK)});`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Empty</title><link rel="stylesheet" href="panel.css"><script type="module" src="empty.js"></script></head><body></body></html>`;
  await writeFile(join(folder, EMPTY), html);
  await writeFile(join(folder, "empty.js"), script);
  await writeFile(join(folder, "empty.wasm"), MODULE);
}

/** In the page, before its own script: notes when a module is asked for and when it is there. */
function markInstantiation(): void {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...words) => {
    performance.mark("asked");
    const made = await instantiateStreaming(...words);
    performance.mark("instantiated");
    return made;
  };
}

async function loaded({ extension }: Stage, page: Page, path: string): Promise<Load> {
  await page.goto(`chrome-extension://${extension.id}/${path}`);
  for (const name of path === EMPTY ? [MARK] : [MARK, "first-contentful-paint"])
    await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, {}, name);
  return page.evaluate((mark) => {
    const at = (name: string): number => performance.getEntriesByName(name)[0]?.startTime ?? 0;
    return {
      asked: at("asked"),
      instantiated: at("instantiated"),
      ready: at(mark),
      paint: at("first-contentful-paint"),
      streamed: performance.getEntriesByName("instantiated").length > 0,
    };
  }, MARK);
}

/** Clicks on the icon in a new page of authentik, waits for the facts, and closes the panel. */
async function clicked(stage: Stage): Promise<Click> {
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const begun = Date.now();
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  const facts = Date.now() - begun;
  const own = await panel.page.evaluate(
    (mark) => [
      performance.timeOrigin,
      performance.timeOrigin + (performance.getEntriesByName(mark)[0]?.startTime ?? Number.NaN),
    ],
    MARK,
  );
  await panel.close();
  await tab.close();
  const since = (at: number | undefined): number => (at ?? Number.NaN) - begun;
  return {
    document: since(own[0]),
    ready: since(own[1]),
    firstRequest: Math.min(...traffic.exchanges.map(({ started }) => started)),
    lastAnswer: Math.max(...traffic.exchanges.map(({ ended = Number.NaN }) => ended).filter((ended) => ended <= facts)),
    facts,
  };
}
