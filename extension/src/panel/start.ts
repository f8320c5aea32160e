/** Starts the panel: restores what was stored, and listens for clicks. */

import type { Browser, Event } from "cowbell-core";
import { type Click, managed, onClick, onManagedChange, recall } from "../ext";
import { PanelBrowser } from "./browser";
import { allowedOrigins, PolicyWatch } from "./policy";
import type { Core } from "./shell";
import { claim } from "./windows";

/** Milliseconds between two time events to the core; polling, because the clock advances while a computer sleeps. */
const TICK_MS = 60_000;

/** A core with its host. */
export interface Started {
  core: Core;
  host: PanelBrowser;
  send: (event: Event) => void;
}

/**
 * Creates the core and sends it every event, until `end` is aborted. `onError` receives what the core throws, which only a panic does.
 */
export async function start(
  makeCore: (host: Browser, allowed: string[] | undefined, window: string, kept: [string, string][]) => Core,
  onError: (error: unknown) => void,
  end = new AbortController().signal,
): Promise<Started> {
  const host = new PanelBrowser();
  const policy = allowedOrigins(await managed());
  const stored = Object.entries(await recall()).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const { window, kept } = await claim(stored);
  const core = makeCore(host, policy, window, kept);
  const send = (event: Event): void => {
    if (!end.aborted) core.handle(event).catch(onError);
  };
  host.onEvent = send;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => send({ kind: "used" }), { capture: true, passive: true, signal: end });
  }
  const timer = setInterval(() => send({ kind: "tick" }), TICK_MS);
  end.addEventListener("abort", () => clearInterval(timer));
  addEventListener("pagehide", () => send({ kind: "closing" }), { signal: end });
  const watch = new PolicyWatch(policy, (allowed) => send(allowed ? { kind: "policy", allowed } : { kind: "policy" }));
  onManagedChange(() => void watch.ask());
  // It may have changed since it was read first.
  void watch.ask();
  // Browsers load a policy only after they have installed an extension, and Firefox tells nobody of a change.
  const clicked = async ({ tabId, url }: Click): Promise<void> => {
    await watch.ask();
    send({ kind: "click", tab: tabId, url });
  };
  await onClick((click) => void clicked(click));
  return { core, host, send };
}
