/** The panel: header, section and bar, rendered from the core's view. */

import { formQuery, type Section } from "cowbell-core";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Shell } from "./shell";
import type { Started } from "./start";
import { chooseLanguage } from "./language";
import type { Language } from "./text/languages";
import { t } from "./text/words";
import "./ui";
import { renew } from "./ui/renew";
import { bar } from "./view/bars";
import { chips, PLACES, places, sections, tools } from "./view/header";
import { marksOf } from "./view/marks";
import { brokenView } from "./view/parts";
import { middle } from "./view/sections";

/** Why the panel cannot be shown. */
export interface Broken {
  label: string;
  /** What a bug report needs; no data of the products or their users. */
  details?: string;
}

@customElement("cb-app")
export class App extends LitElement {
  /** The core and its host; nothing is shown before they are set. */
  @property({ attribute: false }) accessor started: Started | undefined;
  /** Whether the panel is a part of a page. */
  @property({ type: Boolean }) accessor embedded = false;
  /** Set if the panel cannot be shown. */
  @property({ attribute: false }) accessor broken: Broken | undefined;

  /** Renders into the document itself, because the sections share the page's style sheet. */
  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("started") && this.started) this.started.host.onViewChanged = () => this.requestUpdate();
  }

  override render(): TemplateResult | typeof nothing {
    const { started } = this;
    if (this.broken) return html`<cb-frame ?embedded=${this.embedded}>${brokenView(this.broken)}</cb-frame>`;
    if (!started) return nothing;
    const { core, host, send } = started;
    const view = core.view();
    host.mark(view.form ? marksOf(formQuery(), view.form, view.work.filled ?? []) : []);
    const shell: Shell = { view, core, send, speak: (language) => this.#speak(language) };
    const go = (section: Section): void => send({ kind: "go", section });
    const open = ({ detail }: CustomEvent<string>): void => {
      const place = PLACES.find((name) => name === detail);
      if (place) send({ kind: "open", place });
    };
    const choose = ({ detail }: CustomEvent<string>): void => {
      const section = view.sections.find((name) => name === detail);
      if (section) go(section);
    };
    const inside = sections(view);
    const buttons = bar(shell);
    return html`<cb-frame ?embedded=${this.embedded} .section=${t(`section_${view.section}`)}>
      ${tools(view, go)} ${chips(view)}
      <cb-tabs slot="tabs" .label=${t("places")} .sections=${places(view)} .value=${view.place} @cb-choose=${open}></cb-tabs>
      ${inside.length === 0 ? nothing : html`<cb-tabs slot="tabs" minor .label=${t("sections")} .sections=${inside} .value=${view.section} @cb-choose=${choose}></cb-tabs>`}
      ${middle(shell)}
      ${buttons === nothing ? nothing : html`<div slot="bar" class="contents">${buttons}</div>`}
    </cb-frame>`;
  }

  #speak(language: Language): void {
    chooseLanguage(language);
    renew(this);
  }
}
