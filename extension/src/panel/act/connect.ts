/** From a click on the icon to a product that has been read. */

import { type Product, recognise } from "cowbell-core";
import type { Click } from "../../ext";
import { troubleOf } from "../core";
import type { Page } from "../link/page";
import { Tab, type TabStatus } from "../link/tab";
import { IDLE, type Lost, type State, viewOf } from "../state/state";
import { goOnChecking } from "./check";
import { readMailcow } from "./mailcow";
import type { Panel } from "./panel";
import { readRegistration } from "./registration";
import { readUsers } from "./setup";

/** The tabs of the two products. */
export class Tabs {
  readonly #tabs = new Map<Product, Tab>();

  /** The live page of a product. */
  pageOf(product: Product): Page | undefined {
    return this.#tabs.get(product)?.page;
  }

  /** The tab of a product, to go back to it. */
  tabOf(product: Product): number | undefined {
    return this.#tabs.get(product)?.id;
  }

  /** The products whose page is live. */
  live(): Product[] {
    return [...this.#tabs].filter(([, tab]) => tab.page !== undefined).map(([product]) => product);
  }

  /** Lets go of all tabs, as if they were never clicked. */
  leave(panel: Panel): void {
    for (const [product, tab] of this.#tabs) {
      tab.close();
      const connection = panel.store.state[product];
      if (connection.kind !== "absent" && connection.kind !== "lost")
        void follow(panel, product, connection.host, { kind: "lost", why: "unused" });
    }
    this.#tabs.clear();
  }

  /** Takes a click: nothing is put into a page of neither product, or of one that the policy does not allow. */
  clicked(panel: Panel, click: Click): void {
    const { store } = panel;
    const place = recognise(click.url);
    if (place.kind === "elsewhere") {
      store.set({ elsewhere: "unknown" });
      return;
    }
    if (!panel.policy.allows(click.url)) {
      store.set({ elsewhere: "forbidden", place: "setup" });
      return;
    }
    store.set({ elsewhere: undefined });
    const product = place.kind;
    // Taking hold of the page anew would end the run that is under way in it.
    if (store.state.run.kind === "running" && this.#tabs.get(product)?.page && this.tabOf(product) === click.tabId)
      return;
    const host = new URL(click.url).host;
    this.#tabs.get(product)?.close();
    // What was asked about is read anew.
    store.set({ asking: undefined, ...(product === "mailcow" ? { place: "mailcow" } : {}) });
    this.#tabs.set(product, new Tab(click.tabId, (status) => void follow(panel, product, host, status)));
  }
}

/** What ends the work in a tab; after anything else it goes on. */
const OVER: ReadonlySet<Lost> = new Set(["closed", "ended"]);

async function follow(panel: Panel, product: Product, host: string, status: TabStatus): Promise<void> {
  const { store } = panel;
  if (product === "mailcow" && status.kind !== "live") {
    panel.form = undefined;
    store.set({ form: undefined });
  }
  if (status.kind === "lost")
    store.set({
      [product]: { kind: "lost", host, why: status.why },
      ...(product === "mailcow" && OVER.has(status.why) ? { work: IDLE } : {}),
    });
  else if (status.kind === "connecting") store.set(reading(store.state, product, host));
  else return read(panel, product, host, status.page);
  goOnChecking(panel);
}

/** Reads a product again whose page is live. */
export async function readProduct(panel: Panel, product: Product): Promise<void> {
  const page = panel.tabs.pageOf(product);
  const connection = panel.store.state[product];
  if (!page || connection.kind === "absent") return;
  await read(panel, product, connection.host, page);
}

async function read(panel: Panel, product: Product, host: string, page: Page): Promise<void> {
  await (product === "authentik" ? readAuthentik : readMailcow)(panel, host, page);
  goOnChecking(panel);
}

/** A product that is read again keeps what was read of it. With another authentik, what was found out with the last one goes. */
function reading(state: State, product: Product, host: string): Partial<State> {
  if (product === "mailcow") return { mailcow: { kind: "reading", host, view: viewOf(state.mailcow, host) } };
  const { authentik, run } = state;
  const another = authentik.kind !== "absent" && authentik.host !== host;
  return {
    authentik: { kind: "reading", host, view: viewOf(authentik, host) },
    ...(another
      ? { users: { kind: "unread" }, check: { kind: "none" }, readiness: { kind: "none" }, signIns: { kind: "none" } }
      : {}),
    ...(another && run.kind === "planned" ? { run: { kind: "none" } } : {}),
  };
}

/** Reads an authentik, checks what the form says against it, and begins to read its users. */
async function readAuthentik(panel: Panel, host: string, page: Page): Promise<void> {
  const { store, core } = panel;
  store.set({ authentik: { kind: "reading", host, view: viewOf(store.state.authentik, host) } });
  try {
    const view = await core.observeAuthentik(page.facts.url);
    const { run } = store.state;
    store.set({
      authentik: { kind: "live", host, view },
      checked: core.checkDraft(store.state.draft),
      canUndo: core.canUndo(),
      users: { kind: "unread" },
      check: { kind: "none" },
      ...(run.kind === "planned" ? { run: { kind: "none" } } : {}),
    });
    if (store.state.run.kind === "running") return;
    await readRegistration(panel);
    await readUsers(panel);
  } catch (error) {
    // A page that went away meanwhile says so itself, and better.
    if (panel.tabs.pageOf("authentik") === page)
      store.set({ authentik: { kind: "faulty", host, trouble: troubleOf(error) } });
  }
}
