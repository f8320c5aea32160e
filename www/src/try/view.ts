/** The simulated browser with its tabs, the panel beside it, the story above, and below what can be spoilt and what passed. */

import { type Exchange, type LogLine, Panel, Simulation } from "cowbell-core";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import panelStyle from "../../../extension/panel.css" with { type: "text" };
import { App } from "../../../extension/src/panel/app";
import { chooseLanguage, startTexts } from "../../../extension/src/panel/language";
import { readStored, type Started, start } from "../../../extension/src/panel/start";
import { isLanguage } from "../../../extension/src/panel/text/languages";
import { chosenLanguage } from "../../../extension/src/panel/text/source";
import { renew } from "../../../extension/src/panel/ui/renew";
import { type SiteKey, w } from "../texts";
import { simulated } from "./browser";
import { MISTAKE_IDS, MISTAKES, type MistakeId } from "./mistakes";
import { type Actor, type Facts, isBusy, type Look, ORIGINS, position, STEPS } from "./story";
import type { Tab } from "./tab";

/** Whether there is room for the page and the panel side by side; the style sheet asks the same. */
const WIDE = matchMedia("(min-width: 901px)");

/** What was spoilt, and how far the visitor is with it. */
interface Spoilt {
  id: MistakeId;
  stage: "spoilt" | "found" | "mending" | "mended" | "right";
  /** Whether the last check is outdated or gone, so that the next one says something new. */
  isNew?: boolean;
}

/** What is listed below the browser. */
type Listed = "requests" | "log";

@customElement("site-try")
export class Try extends LitElement {
  @state() private accessor started: Started | undefined;
  @state() private accessor look: Look = "page";
  @state() private accessor spoilt: Spoilt | undefined;
  /** Nothing while the lists are closed: they are long. */
  @state() private accessor listed: Listed | undefined;
  @state() private accessor isActing = false;
  @state() private accessor broken = "";

  /** Resolves when it can be used, or says why it cannot. */
  readonly begun: Promise<void>;
  #isBegun: () => void = () => undefined;
  #simulation: Simulation | undefined;
  #app: App | undefined;
  #stop = new AbortController();
  #language = "";

  constructor() {
    super();
    this.begun = new Promise((resolve) => {
      this.#isBegun = resolve;
    });
  }

  /** Renders into the document itself, because the page's style sheet defines the layout. */
  protected override createRenderRoot(): this {
    return this;
  }

  protected override firstUpdated(): void {
    this.#language = chosenLanguage();
    // The panel has a choice of its own, and both mean the same page.
    new MutationObserver(() => this.#speak()).observe(document.documentElement, { attributeFilter: ["lang"] });
    WIDE.addEventListener("change", () => this.requestUpdate());
    void this.#begin().then(this.#isBegun);
  }

  override render(): TemplateResult {
    const { started } = this;
    if (this.broken) return html`<p role="alert">${w("broken")} ${this.broken}</p>`;
    const facts = started && this.#facts(started);
    return html`${facts ? this.#story(facts) : html`<div class="story"><p>${w("try_starting")}</p></div>`}
      <div class="window" data-look=${this.look}>
        ${this.#tabs()}
        <div class="address"><span class="url" aria-label=${w("try_address")}>${this.#address()}</span>${this.#icon()}</div>
        <div class="pages"></div>
        <div class="panel" role="region" aria-label=${w("try_panel")}></div>
      </div>
      ${facts ? html`${this.#spoil(facts)} ${this.#lists()}` : nothing}`;
  }

  /** What to do next, with one button. */
  #story(facts: Facts): TemplateResult {
    const at = position(facts);
    const step = STEPS[at];
    const { spoilt } = this;
    const waits = this.isActing || isBusy(facts) || (spoilt?.stage === "mending" && !hasProposal(spoilt, facts));
    if (spoilt) this.#followCheck(spoilt, facts);
    const text = spoilt ? this.#spoiltText(spoilt) : w(step ? `try_${step.id}` : "try_over");
    const action = spoilt ? this.#spoiltAction(spoilt) : step && this.#stepAction(at);
    return html`<div class="story">
      <p class="progress">${spoilt ? w("try_spoilt") : step ? w("try_step", { step: at + 1, steps: STEPS.length }) : w("try_done")}</p>
      <p class="say" role="status">${text}</p>
      <div class="buttons">
        ${action ? html`<button class="main next" ?disabled=${waits} @click=${action.run}>${w("try_next", { action: action.label })}</button>` : nothing}
        <button class="plain" ?disabled=${this.isActing} @click=${() => void this.#begin()}>${w("try_again")}</button>
      </div>
    </div>`;
  }

  #stepAction(at: number): { label: string; run: () => void } | undefined {
    const step = STEPS[at];
    if (!step) return undefined;
    return {
      label: w(`do_${step.id}`),
      run: () => {
        this.look = step.look;
        void this.#act((actor) => step.perform(actor));
      },
    };
  }

  #spoiltText({ id, stage }: Spoilt): string {
    switch (stage) {
      case "spoilt":
        return `${w(`mistake_${id}_done`)} ${w("spoilt_check")}`;
      case "found":
      case "mending":
        return `${w(`mistake_${id}_done`)} ${w(`spoilt_found_${MISTAKES[id].mend}`)}`;
      case "mended":
        return w("spoilt_mended");
      case "right":
        return w("spoilt_right");
    }
  }

  #spoiltAction(spoilt: Spoilt): { label: string; run: () => void } | undefined {
    const { mend, section } = MISTAKES[spoilt.id];
    const check = {
      label: w("do_check"),
      run: () => {
        this.look = "panel";
        void this.#act(({ send }) => {
          send({ kind: "check" });
          send({ kind: "go", section });
        });
      },
    };
    switch (spoilt.stage) {
      case "spoilt":
      case "mended":
        return check;
      case "found":
      case "mending":
        return {
          label: w(spoilt.stage === "mending" ? "do_confirm" : `do_mend_${mend}`),
          run: () => void this.#mend(spoilt),
        };
      case "right":
        return { label: w("do_go_on"), run: () => (this.spoilt = undefined) };
    }
  }

  /** A check that has ended, whoever began it, says how far a mistake is. */
  #followCheck(spoilt: Spoilt, { view, standing }: Facts): void {
    if (view.check.kind !== "done") spoilt.isNew = true;
    if (!spoilt.isNew || view.check.kind !== "done" || isBusy({ view, standing })) return;
    const { section } = MISTAKES[spoilt.id];
    // What a check of the settings does not know is in the table of users, once that is open.
    if (section === "readiness" && (view.section !== section || view.readiness.kind !== "done")) return;
    if (spoilt.stage === "spoilt") spoilt.stage = "found";
    else if (spoilt.stage === "mended")
      spoilt.stage = view.check.findings.some(({ severity }) => severity === "problem") ? "found" : "right";
  }

  async #mend(spoilt: Spoilt): Promise<void> {
    const { mend } = MISTAKES[spoilt.id];
    const isSecond = spoilt.stage === "mending";
    this.look = "panel";
    await this.#act(async ({ send, view }) => {
      if (mend === "outside") {
        this.#simulation?.mend(spoilt.id);
        await this.#reload();
      } else if (mend === "plan") send(isSecond ? { kind: "apply" } : { kind: "repair", section: "plan" });
      else if (isSecond && view.question) send({ kind: "confirm", shown: view.question });
      else {
        send({ kind: "go", section: "mailcow" });
        send({ kind: "ask", question: { kind: "save" } });
      }
    });
    this.spoilt = { id: spoilt.id, stage: mend === "outside" || isSecond ? "mended" : "mending" };
  }

  /** Loads the administrator's pages again: what both say is no longer what was read. Resolves when the panel has read them. */
  async #reload(): Promise<void> {
    const own = [...simulated.tabs.values()].filter(({ tab }) => tab.window === "own");
    await Promise.all(own.map(({ tab }) => tab.reload()));
    await this.#until((facts) => !isBusy(facts));
  }

  #tabs(): TemplateResult {
    return html`<div class="tabs" role="group" aria-label=${w("try_tabs")}>
      ${[...simulated.tabs.values()].map(
        ({ tab }) => html`<button
          class="tab"
          aria-pressed=${tab.id === simulated.active && (this.look === "page" || WIDE.matches)}
          @click=${() => this.#showTab(tab)}
        >${nameOf(tab)}</button>${tab.window === "private" ? html`<button class="close" title=${w("tab_close")} aria-label=${w("tab_close")} @click=${() => simulated.close(tab.id)}>×</button>` : nothing}`,
      )}
      <button class="tab own" aria-pressed=${this.look === "panel"} @click=${() => (this.look = "panel")}>Cowbell</button>
    </div>`;
  }

  #showTab(tab: Tab): void {
    this.look = "page";
    simulated.show(tab.id);
  }

  #address(): string {
    return simulated.tabs.get(simulated.active)?.tab.url ?? "";
  }

  /** The icon of the extension, as in a browser's toolbar. */
  #icon(): TemplateResult {
    const click = (): void => {
      if (simulated.tabs.has(simulated.active)) simulated.click(simulated.active);
      this.look = "panel";
    };
    return html`<button class="icon" title=${w("try_icon")} aria-label=${w("try_icon")} @click=${click}><img src="icons/icon.svg" width="20" height="20" alt=""></button>`;
  }

  #spoil({ standing }: Facts): TemplateResult {
    return html`<section class="spoil" aria-labelledby="spoil-title">
      <h2 id="spoil-title">${w("spoil_title")}</h2>
      <p class="lead">${w(standing.isSaved ? "spoil_lead" : "spoil_early")}</p>
      ${
        standing.isSaved
          ? html`<ul>
              ${MISTAKE_IDS.map((id) => html`<li><button class="mistake" ?disabled=${this.isActing || this.spoilt !== undefined} @click=${() => void this.#make(id)}><b>${w(`mistake_${id}`)}</b><span>${w(`mistake_${id}_text`)}</span></button></li>`)}
            </ul>`
          : html`<button class="plain" ?disabled=${this.isActing} @click=${() => void this.#setUp()}>${w("spoil_set_up")}</button>`
      }
    </section>`;
  }

  async #make(id: MistakeId): Promise<void> {
    this.#simulation?.spoil(id);
    this.spoilt = { id, stage: "spoilt" };
    this.scrollIntoView({ block: "start" });
    await this.#act(() => this.#reload());
  }

  /** Performs the story up to where something can be spoilt. */
  async #setUp(): Promise<void> {
    const { started } = this;
    if (!started) return;
    for (;;) {
      const facts = this.#facts(started);
      const step = STEPS[position(facts)];
      if (facts.standing.isSaved || !step) return;
      this.look = step.look;
      await this.#act((actor) => step.perform(actor));
      await this.#until((now) => !isBusy(now) && (step.isDone(now) || now.standing.isSaved));
    }
  }

  /** What passes between the browser and both products, and what mailcow notes. */
  #lists(): TemplateResult {
    const choose = (listed: Listed): TemplateResult =>
      html`<button class="tab" aria-pressed=${this.listed === listed} @click=${() => (this.listed = listed)}>${w(`list_${listed}`)}</button>`;
    const toggle = ({ currentTarget }: Event & { currentTarget: HTMLDetailsElement }): void => {
      this.listed = currentTarget.open ? (this.listed ?? "requests") : undefined;
    };
    const { listed } = this;
    return html`<details class="lists" @toggle=${toggle}>
      <summary>${w("lists_title")}</summary>
      <div class="tabs" role="group" aria-label=${w("lists_title")}>${choose("requests")}${choose("log")}</div>
      ${
        listed
          ? html`<div class="scroll" tabindex="0" role="region" aria-label=${w(`list_${listed}`)}>
              <table>${listed === "requests" ? exchanges(this.#simulation?.exchanges(0) ?? []) : lines(this.#simulation?.log() ?? [])}</table>
            </div>`
          : nothing
      }
    </details>`;
  }

  /** Begins anew: other products, other tabs, another panel. */
  async #begin(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.spoilt = undefined;
    this.look = "page";
    try {
      this.#simulation = new Simulation(chosenLanguage(), Date.now());
      simulated.start(
        {
          place: () => this.querySelector<HTMLElement>(".pages") ?? this,
          onChange: () => this.#onTabs(),
        },
        () => this.#now(),
      );
      const { id } = await simulated.open(`${ORIGINS.authentik}/if/admin/`);
      await simulated.open(`${ORIGINS.mailcow}/admin/system`);
      simulated.show(id);
      await this.#openPanel();
    } catch (error) {
      this.broken = String(error);
    }
  }

  /** Both products, whose clocks are those of the visitor. */
  #now(): Simulation {
    if (!this.#simulation) throw new Error("there is no simulation");
    this.#simulation.setClocks(Date.now());
    return this.#simulation;
  }

  /** The panel, in a tree of its own, so that its style sheet and the page's are for themselves. */
  async #openPanel(): Promise<void> {
    const place = this.querySelector<HTMLElement>(".panel");
    if (!place) return;
    const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(panelStyle);
    root.adoptedStyleSheets = [sheet];
    const app = new App();
    app.embedded = true;
    this.#app?.remove();
    this.#app = app;
    root.append(app);
    startTexts();
    const started = await start(
      await readStored(),
      (host, allowed, window, kept) => new Panel(host, allowed, window, kept),
      (error) => (app.broken = { label: String(error) }),
      this.#stop.signal,
    );
    app.started = started;
    await app.updateComplete;
    const { onViewChanged } = started.host;
    started.host.onViewChanged = () => {
      onViewChanged();
      this.requestUpdate();
    };
    this.started = started;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".next")?.focus({ preventScroll: true });
  }

  #facts({ core }: Started): Facts {
    return { view: core.view(), standing: this.#now().standing() };
  }

  /** Does something that the visitor has asked for, and shows meanwhile that it is under way. */
  async #act(act: (actor: Actor) => Promise<void> | void): Promise<void> {
    const { started } = this;
    if (!started) return;
    this.isActing = true;
    try {
      await act({
        ...this.#facts(started),
        send: started.send,
        open: (product) => this.#open(product),
        until: (test) => this.#until(test),
      });
    } finally {
      this.isActing = false;
    }
  }

  async #open(product: keyof typeof ORIGINS): Promise<Tab> {
    const known = [...simulated.tabs.values()].find(
      ({ tab }) => tab.window === "own" && tab.url.startsWith(ORIGINS[product]),
    );
    if (!known) return simulated.open(`${ORIGINS[product]}${product === "mailcow" ? "/admin/system" : "/if/admin/"}`);
    simulated.show(known.tab.id);
    return known.tab;
  }

  #until(test: (facts: Facts) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.started && test(this.#facts(this.started))) resolve();
        else requestAnimationFrame(look);
      };
      look();
    });
  }

  #onTabs(): void {
    for (const { tab } of simulated.tabs.values()) tab.show(tab.id === simulated.active);
    this.requestUpdate();
  }

  /** The panel's language is the page's and that of both products. */
  #speak(): void {
    const language = chosenLanguage();
    if (language === this.#language) return;
    this.#language = language;
    if (isLanguage(language)) chooseLanguage(language);
    if (this.#app) renew(this.#app);
    this.#simulation?.speak(language);
    void this.#reload();
    this.requestUpdate();
  }
}

/** Whether the panel shows what it would do about a mistake. */
function hasProposal({ id }: Spoilt, { view }: Facts): boolean {
  return MISTAKES[id].mend === "plan"
    ? view.run.kind === "planned" && !view.run.outdated
    : view.question?.question.kind === "save";
}

/** The name on a tab: the product that is in it. */
function nameOf({ url, window }: Tab): string {
  if (window === "private") return w("tab_private");
  return url.startsWith(ORIGINS.authentik) ? "authentik" : "mailcow";
}

function exchanges(all: readonly Exchange[]): TemplateResult {
  const head = (["request_product", "request_path", "request_status"] as const).map(
    (key: SiteKey) => html`<th>${w(key)}</th>`,
  );
  const rows = all
    .toReversed()
    .map(
      ({ product, method, path, status }) =>
        html`<tr><td>${product}</td><td class="mono">${method} ${path}</td><td>${status || "–"}</td></tr>`,
    );
  return html`<thead><tr>${head}</tr></thead><tbody>${rows}</tbody>`;
}

function lines(all: readonly LogLine[]): TemplateResult {
  const head = (["log_kind", "log_message", "log_call"] as const).map((key: SiteKey) => html`<th>${w(key)}</th>`);
  const rows = all.map(
    ({ kind, message, call }) =>
      html`<tr><td>${kind}</td><td class="mono">${message}</td><td class="mono">${call}</td></tr>`,
  );
  return html`<thead><tr>${head}</tr></thead><tbody>${rows}</tbody>`;
}
