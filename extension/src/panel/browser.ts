/** The browser as the core needs it: tabs, the pages in them, and storage for this session. */

import type { Batch, Browser, Event, FormQuery, FormState, Product, Script, ScriptEnd, SendError } from "cowbell-core";
import { keep, navigate, reload, visit, visitPrivately } from "../ext";
import type { Mark } from "../form";
import { type Page, PageGone } from "./tabs/page";
import type { OnAnswer } from "./tabs/requests";
import { Tab, type TabStatus } from "./tabs/tab";
import { noteLanguageOf } from "./text/source";

export class PanelBrowser implements Browser {
  /** Receives the browser's events. */
  onEvent: (event: Event) => void = () => undefined;
  /** Called after the view has changed. */
  onViewChanged: () => void = () => undefined;

  readonly #tabs = new Map<Product, Tab>();
  readonly #pages = new Map<number, Page>();
  #lastPage = 0;
  #marked: { page: Page; marks: string } | undefined;

  async send(page: number, batch: Batch, onAnswer: OnAnswer): Promise<void> {
    const live = this.#pages.get(page);
    if (!live) return refuse(batch, onAnswer, "tab_gone");
    return live.send(batch, onAnswer);
  }

  cancel(): void {
    for (const page of this.#pages.values()) page.cancel();
  }

  keep(texts: Record<string, string>): Promise<void> {
    return keep(texts);
  }

  connect(product: Product, tab: number): void {
    this.disconnect(product);
    this.#tabs.set(product, new Tab(tab, (status) => this.#follow(product, status)));
  }

  disconnect(product: Product): void {
    this.#tabs.get(product)?.close();
    this.#tabs.delete(product);
  }

  /** Ends every connection without a word to the core, because the panel goes away, and the core with it. */
  leave(): void {
    this.onEvent = () => undefined;
    for (const tab of this.#tabs.values()) tab.leave();
    this.#tabs.clear();
    this.#pages.clear();
  }

  navigate(tab: number, url: string): Promise<void> {
    return navigate(tab, url);
  }

  reload(tab: number): Promise<void> {
    return reload(tab);
  }

  visit(url: string, tab: number | undefined): Promise<void> {
    return visit(url, tab);
  }

  visitPrivately(url: string): Promise<void> {
    return visitPrivately(url);
  }

  async fill(page: number, script: Script): Promise<ScriptEnd> {
    return this.#live(page).fill(script);
  }

  async readForm(page: number, query: FormQuery): Promise<FormState> {
    return this.#live(page).read(query);
  }

  watchForm(page: number, query: FormQuery): void {
    const live = this.#pages.get(page);
    if (!live) return;
    live.onChanged = (state, settled) => this.onEvent({ kind: "form_changed", page, state, settled });
    live.watch(query);
  }

  viewChanged(): void {
    this.onViewChanged();
  }

  /** Shows these marks beside the fields of mailcow's form, unless they are already shown. */
  mark(marks: Mark[]): void {
    const page = this.#tabs.get("mailcow")?.page;
    const text = JSON.stringify(marks);
    if (!page || (this.#marked?.page === page && this.#marked.marks === text)) return;
    this.#marked = { page, marks: text };
    page.mark(marks);
  }

  #live(page: number): Page {
    const live = this.#pages.get(page);
    if (!live) throw new PageGone();
    return live;
  }

  #follow(product: Product, status: TabStatus): void {
    if (status.kind === "connecting") this.onEvent({ kind: "connecting", product });
    else if (status.kind === "lost") this.onEvent({ kind: "lost", product, why: status.why });
    else this.#greet(product, status.page);
  }

  #greet(product: Product, page: Page): void {
    const number = ++this.#lastPage;
    this.#pages.set(number, page);
    noteLanguageOf(product, page.language);
    void page.gone.then(() => this.#pages.delete(number));
    this.onEvent({ kind: "live", product, page: number, url: page.url });
  }
}

function refuse({ requests }: Batch, onAnswer: OnAnswer, error: SendError): void {
  for (const index of requests.keys()) onAnswer(index, { error });
}
