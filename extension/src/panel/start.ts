/** Starts the panel: restores what was stored, and listens for clicks. */

import type { Browser, Event } from "cowbell-core";
import { managed, onClick, recall } from "../ext";
import { PanelBrowser } from "./browser";
import type { Core } from "./shell";

/** Milliseconds between two time events to the core; polling, because the clock advances while a computer sleeps. */
const TICK_MS = 60_000;

/** A core with its host. */
export interface Started {
  core: Core;
  host: PanelBrowser;
  send: (event: Event) => void;
}

/** Creates the core and sends it every event. `onError` receives what the core throws, which only a panic does. */
export async function start(
  makeCore: (host: Browser, allowed: string[] | undefined, kept: [string, string][]) => Core,
  onError: (error: unknown) => void,
): Promise<Started> {
  const host = new PanelBrowser();
  const policy = allowedOrigins(await managed("allowedOrigins"));
  const kept = Object.entries(await recall()).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const core = makeCore(host, policy, kept);
  const send = (event: Event): void => {
    core.handle(event).catch(onError);
  };
  host.onEvent = send;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => send({ kind: "used" }), { capture: true, passive: true });
  }
  setInterval(() => send({ kind: "tick" }), TICK_MS);
  addEventListener("pagehide", () => send({ kind: "closing" }));
  await onClick(({ tabId, url }) => send({ kind: "click", tab: tabId, url }));
  return { core, host, send };
}

/** Returns what a policy allows; absent if there is none. A policy that cannot be parsed allows nothing. */
export function allowedOrigins(policy: unknown): string[] | undefined {
  if (policy === undefined) return undefined;
  return Array.isArray(policy) ? policy.filter((entry) => typeof entry === "string") : [];
}
