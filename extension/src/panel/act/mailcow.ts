/** Reading mailcow, filling its form, saving in it. */

import { Cowbell, type MailcowChoice } from "cowbell-core";
import { navigate, reload } from "../../ext";
import { troubleOf } from "../core";
import { PageGone, type Page } from "../link/page";
import { IDLE, viewOf, type Work } from "../state/state";
import { LiveForm } from "./form";
import type { Panel } from "./panel";
import { readRegistration } from "./registration";
import { settle } from "./secret";
import { change } from "./setup";

/** Reads a mailcow whose page is loaded, watches its form, and goes on with what the page was loaded for. */
export async function readMailcow(panel: Panel, host: string, page: Page): Promise<void> {
  const { core, store } = panel;
  store.set({ mailcow: { kind: "reading", host, view: viewOf(store.state.mailcow, host) }, form: undefined });
  const wasFilled = store.state.work.filled !== undefined;
  try {
    // What mailcow has is compared with a secret that was let go of, too.
    if (store.state.registration?.secretLength === undefined && panel.tabs.pageOf("authentik"))
      await readRegistration(panel);
    const view = await core.observeMailcow(page.facts.url, store.state.choice);
    // The page may have gone away meanwhile: then the next one is read.
    if (panel.tabs.pageOf("mailcow") !== page) return;
    store.set({ mailcow: { kind: "live", host, view }, opened: false, check: { kind: "none" } });
    if (store.state.draft.mailcow === "") change(panel, { mailcow: view.address });
    if (wasFilled) set(panel, { ...IDLE, outcome: view.inSync ? "saved" : "differs" });
    settle(panel);
    panel.form = new LiveForm(panel, page);
    if (store.state.work.busy !== "go") return;
    // Where the click has to be repeated, it may be elsewhere.
    if (samePage(page.facts.url, view.formPage)) await fillHere(panel, page);
    else set(panel, IDLE);
  } catch (error) {
    // A page that went away meanwhile says so itself, and better.
    if (panel.tabs.pageOf("mailcow") === page)
      store.set({ mailcow: { kind: "faulty", host, trouble: troubleOf(error) }, work: IDLE });
  }
}

/** Takes a choice of the administrator, and compares again. */
export function decide({ core, store, form }: Panel, change: Partial<MailcowChoice>): void {
  const choice = { ...store.state.choice, ...change };
  const { mailcow } = store.state;
  store.set({
    choice,
    ...(mailcow.kind === "live" ? { mailcow: { ...mailcow, view: core.mailcowView(choice) } } : {}),
  });
  form?.check();
}

/** Fills the form, after going to its page if need be. */
export async function fill(panel: Panel): Promise<void> {
  const { store, tabs } = panel;
  const { mailcow } = store.state;
  const [page, tab] = [tabs.pageOf("mailcow"), tabs.tabOf("mailcow")];
  if (mailcow.kind !== "live" || !page || tab === undefined) return;
  if (samePage(page.facts.url, mailcow.view.formPage)) return fillHere(panel, page);
  set(panel, { ...IDLE, busy: "go" });
  await navigate(tab, mailcow.view.formPage);
}

async function fillHere(panel: Panel, page: Page): Promise<void> {
  const { core, store } = panel;
  const { choice } = store.state;
  set(panel, { ...IDLE, busy: "fill" });
  try {
    const query = Cowbell.formQuery();
    await page.fill(Cowbell.revealScript());
    const before = await page.read(query);
    // Without a registered client there is nothing to put in: the form is only shown.
    if (store.state.registration === undefined) return set(panel, IDLE);
    const wrong = core.checkForm(before, choice).rows.filter(({ same }) => !same);
    await page.fill(core.fillScript(before, choice));
    const { rows } = core.checkForm(await page.read(query), choice);
    const filled = wrong.filter(({ field }) => rows.some((row) => row.field === field && row.same));
    set(panel, { ...IDLE, filled });
    panel.form?.check();
  } catch (error) {
    set(panel, error instanceof PageGone ? IDLE : { ...IDLE, trouble: troubleOf(error) });
  }
}

/** Stores the wanted settings through mailcow's API, after the question was answered with yes. */
export function save(panel: Panel): Promise<void> {
  return store(panel, "save", (choice) => panel.core.saveForMe(choice));
}

/** Puts back what was stored before, after the question was answered with yes. */
export function restore(panel: Panel): Promise<void> {
  return store(panel, "restore", (choice) => panel.core.restoreMailcow(choice));
}

async function store(
  panel: Panel,
  busy: "save" | "restore",
  perform: (choice: MailcowChoice) => ReturnType<Panel["core"]["saveForMe"]>,
): Promise<void> {
  const { store, tabs } = panel;
  store.set({ asking: undefined, work: { ...IDLE, busy } });
  try {
    const view = await perform(store.state.choice);
    const { mailcow } = store.state;
    if (mailcow.kind === "live") store.set({ mailcow: { ...mailcow, view } });
    set(panel, { ...IDLE, outcome: busy === "restore" ? "restored" : view.inSync ? "saved" : "differs" });
    settle(panel);
    // What the page shows is what was stored before; whoever presses Save there would store it again.
    const tab = tabs.tabOf("mailcow");
    if (tab !== undefined) await reload(tab);
  } catch (error) {
    set(panel, { ...IDLE, trouble: troubleOf(error) });
  }
}

function set({ store }: Panel, work: Work): void {
  store.set({ work });
}

function samePage(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname === b.pathname;
}
