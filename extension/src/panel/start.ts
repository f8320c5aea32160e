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

/** What the browser has stored for a panel: the organisation's policy, and what this panel takes over as its window. */
export interface Stored {
  policy: string[] | undefined;
  window: string;
  kept: [name: string, text: string][];
}

/** Reads what the browser has stored, and claims it for this panel. */
export async function readStored(): Promise<Stored> {
  const [policy, all] = await Promise.all([managed().then(allowedOrigins), recall()]);
  const texts = Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { policy, ...(await claim(texts)) };
}

/**
 * Creates the core and sends it every event, until `end` is aborted. `onError` receives what the core throws, which only a panic does.
 */
export async function start(
  { policy, window, kept }: Stored,
  makeCore: (host: Browser, allowed: string[] | undefined, window: string, kept: [string, string][]) => Core,
  onError: (error: unknown) => void,
  end = new AbortController().signal,
): Promise<Started> {
  const host = new PanelBrowser();
  const core = makeCore(host, policy, window, kept);
  const tell = (event: Event): void => {
    if (!end.aborted) core.handle(event).catch(onError);
  };
  host.onEvent = tell;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => tell({ kind: "used" }), { capture: true, passive: true, signal: end });
  }
  const timer = setInterval(() => tell({ kind: "tick" }), TICK_MS);
  end.addEventListener("abort", () => {
    clearInterval(timer);
    host.leave();
  });
  const hidden = ({ persisted }: PageTransitionEvent): void => {
    tell({ kind: "closing" });
    if (!persisted) host.leave();
  };
  addEventListener("pagehide", hidden, { signal: end });
  const watch = new PolicyWatch(policy, (allowed) => tell(allowed ? { kind: "policy", allowed } : { kind: "policy" }));
  onManagedChange(() => void watch.ask());
  // It may have changed since it was read first.
  void watch.ask();
  // Browsers load a policy only after they have installed an extension, and Firefox tells nobody of a change.
  const clicked = async ({ tabId, url }: Click): Promise<void> => {
    await watch.ask();
    tell({ kind: "click", tab: tabId, url });
  };
  // What is done in the panel after a click on the icon must not reach the core before it: the click opens a section.
  const send = (event: Event): void => watch.whenKnown(() => tell(event));
  await onClick((click) => void clicked(click));
  return { core, host, send };
}
