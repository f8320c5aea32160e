/** The panel: header, place and bar, rendered from the store. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Panel } from "./act/panel";
import { Follow } from "./state/store";
import { PLACES } from "./state/state";
import { t } from "./text/words";
import "./ui";
import { bar } from "./view/bars";
import { chips, places, tools } from "./view/header";
import { troubleNotice } from "./view/parts";
import { go, middle } from "./view/places";

@customElement("cb-app")
export class App extends LitElement {
  /** What the panel works with; nothing is shown before it is there. */
  @property({ attribute: false }) accessor panel: Panel | undefined;
  /** Why there will be no panel. */
  @property({ attribute: false }) accessor broken: string | undefined;

  #follow: Follow<Panel["store"]["state"]> | undefined;

  /** The screens share the page's own style sheet, so they stand in the page itself. */
  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("panel") && this.panel) {
      if (this.#follow) this.removeController(this.#follow);
      this.#follow = new Follow(this, this.panel.store);
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { panel } = this;
    if (this.broken !== undefined) return html`<cb-frame>${troubleNotice(this.broken)}</cb-frame>`;
    if (!panel) return nothing;
    const { store } = panel;
    const { state } = store;
    const choose = ({ detail }: CustomEvent<string>): void => {
      const place = PLACES.find((name) => name === detail);
      if (place) go(panel, place);
    };
    const buttons = bar(panel);
    return html`<cb-frame .place=${t(`place_${state.place}`)}>
      ${tools(state, (place) => go(panel, place))} ${chips(state)}
      <cb-tabs slot="tabs" .label=${t("places")} .places=${places(state)} .value=${state.place} @cb-choose=${choose}></cb-tabs>
      ${middle(panel)}
      ${buttons === nothing ? nothing : html`<div slot="bar" class="contents">${buttons}</div>`}
    </cb-frame>`;
  }
}
