/** Brings a panel to life: what was kept comes back, and clicks are heard. */

import type { Browser, Event } from "cowbell-core";
import { managed, onClick, recall } from "../ext";
import { PanelBrowser } from "./browser";
import type { Core } from "./shell";

/** Milliseconds between two looks of the core at the clock, which goes on while a computer sleeps. */
const TICK_MS = 60_000;

/** A core with its browser. */
export interface Started {
  core: Core;
  browser: PanelBrowser;
  send: (event: Event) => void;
}

/** Makes the core, and lets it hear of everything that happens. `onError` hears what it throws, which only a panic does. */
export async function start(
  makeCore: (browser: Browser, allowed: string[] | undefined, kept: [string, string][]) => Core,
  onError: (error: unknown) => void,
): Promise<Started> {
  const browser = new PanelBrowser();
  const policy = allowedOrigins(await managed("allowedOrigins"));
  const kept = Object.entries(await recall()).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const core = makeCore(browser, policy, kept);
  const send = (event: Event): void => {
    core.handle(event).catch(onError);
  };
  browser.onEvent = send;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => send({ kind: "used" }), { capture: true, passive: true });
  }
  setInterval(() => send({ kind: "tick" }), TICK_MS);
  addEventListener("pagehide", () => send({ kind: "closing" }));
  await onClick(({ tabId, url }) => send({ kind: "click", tab: tabId, url }));
  return { core, browser, send };
}

/** What a policy allows; absent if it says nothing. A policy that cannot be understood allows nothing. */
export function allowedOrigins(policy: unknown): string[] | undefined {
  if (policy === undefined) return undefined;
  return Array.isArray(policy) ? policy.filter((entry) => typeof entry === "string") : [];
}
