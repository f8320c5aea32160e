/** mailcow's form while its page is loaded: checked at each change, marked in the page, and the pair in it proven. */

import { Cowbell, type Field, type Finding, type Fix, type FormState } from "cowbell-core";
import { troubleOf } from "../core";
import { PageGone, type Page } from "../link/page";
import type { FormSeen } from "../state/state";
import { marksOf } from "./marks";
import type { Panel } from "./panel";

/** What the proof of the pair rests on. */
const PROVEN: readonly Field[] = ["client_id", "client_secret", "token_url"];

const UNPROVEN = { pair: undefined, proving: false, reach: undefined, testing: false, fixing: undefined } as const;

export class LiveForm {
  readonly #panel: Panel;
  readonly #page: Page;
  /** Holds the secret, so it stays here and never gets into the store. */
  #state: FormState | undefined;
  #first = "";
  /** The pair that was proven last, and the one that is to be proven. */
  #proven = "";
  #due = "";
  #proving = false;
  /** The endpoint that mailcow's server knocked at last. */
  #tested = "";

  /** Watches the form of a page from now on. */
  constructor(panel: Panel, page: Page) {
    this.#panel = panel;
    this.#page = page;
    page.onChanged = (state, settled) => this.#changed(state, settled);
    page.watch(Cowbell.formQuery());
  }

  /** Checks the form again, because something else than the form has changed. */
  check(): void {
    const { core, store } = this.#panel;
    const state = this.#state;
    if (!state || !this.#isCurrent()) return;
    if (!state.present || !state.visible) {
      store.set({ form: undefined });
      this.#page.mark([]);
      return;
    }
    const touched = this.#first !== JSON.stringify(state.controls);
    const { form = UNPROVEN, choice } = store.state;
    // What was found out holds for what was in the form then.
    const pair = this.#proven === pairOf(state) ? form.pair : undefined;
    const reach = this.#tested === firstValue(state, "token_url") ? form.reach : undefined;
    this.#show({ ...form, pair, reach, view: core.checkForm(state, choice), touched });
  }

  /** Lets mailcow's server knock at the token endpoint in the form. */
  async test(): Promise<void> {
    const state = this.#state;
    if (!state) return;
    this.#put({ reach: undefined, testing: true });
    this.#tested = firstValue(state, "token_url");
    const reach = await this.#finding(() => this.#panel.core.testReach(state));
    this.#put({ reach, testing: false });
  }

  /** Does what a finding offers. */
  async fix(fix: Fix, finding: Finding): Promise<void> {
    const { core, store } = this.#panel;
    this.#put({ fixing: finding });
    try {
      const query = Cowbell.formQuery();
      await this.#page.fill(core.fixScript(fix, await this.#page.read(query)));
      this.#state = await this.#page.read(query);
      this.check();
    } catch (error) {
      if (!(error instanceof PageGone)) store.set({ work: { ...store.state.work, trouble: troubleOf(error) } });
    }
    this.#put({ fixing: undefined });
  }

  #changed(state: FormState, settled: boolean): void {
    this.#first ||= JSON.stringify(state.controls);
    this.#state = state;
    this.check();
    if (!settled || !state.visible || !isWhole(state)) return;
    this.#due = pairOf(state);
    void this.#prove();
  }

  /** One question at a time; what was asked for meanwhile comes next, and only the newest. */
  async #prove(): Promise<void> {
    if (this.#proving) return;
    this.#proving = true;
    while (this.#due !== this.#proven && this.#state && this.#isCurrent()) {
      const state = this.#state;
      const pair = pairOf(state);
      this.#put({ pair: undefined, proving: true });
      const verdict = await this.#finding(() => this.#panel.core.proveCredentials(state, this.#panel.tabs.live()));
      this.#proven = pair;
      // Somebody who types on makes the verdict worthless; it is asked for again when the field is left.
      this.#put({ pair: pair === pairOf(this.#state) ? verdict : undefined, proving: false });
      if (this.#due === pair) break;
    }
    this.#proving = false;
  }

  async #finding(ask: () => Promise<Finding>): Promise<Finding | undefined> {
    try {
      return await ask();
    } catch (error) {
      const trouble = troubleOf(error);
      return typeof trouble === "string" ? undefined : trouble;
    }
  }

  #put(change: Partial<FormSeen>): void {
    const { form } = this.#panel.store.state;
    if (form && this.#isCurrent()) this.#show({ ...form, ...change });
  }

  #show(form: FormSeen): void {
    const { store } = this.#panel;
    store.set({ form });
    this.#page.mark(marksOf(Cowbell.formQuery(), form, store.state.work.filled ?? []));
  }

  #isCurrent(): boolean {
    return this.#panel.form === this;
  }
}

function firstValue({ controls = [] }: FormState, field: Field): string {
  return controls.find(({ name }) => name === field)?.values[0] ?? "";
}

function pairOf(state: FormState): string {
  return JSON.stringify(PROVEN.map((field) => firstValue(state, field)));
}

function isWhole(state: FormState): boolean {
  return PROVEN.every((field) => firstValue(state, field) !== "");
}
