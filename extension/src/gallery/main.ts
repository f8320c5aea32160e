/** Every component in every state, with made-up data. `?screen=` picks one screen, `?frame` shows it as the panel would. */

import "./words";
import { html, nothing, render, type TemplateResult } from "lit";
import "../panel/ui";
import { t } from "../panel/text/words";
import { screens } from "./screens";

const places = (["setup", "plan", "mailcow", "check"] as const).map((value) => ({ value, label: t(`place_${value}`) }));

const wanted = new URLSearchParams(location.search).get("screen");
const screen = screens.find(({ name }) => name === wanted) ?? screens[0];

if (screen) {
  const { place, chips, badges, main, bar } = screen;
  const tabs = places.map((tab) => ({ ...tab, ...badges?.[tab.value] }));
  render(
    html`<cb-frame class="app" .place=${t(`place_${place}`)}>
      <cb-button slot="tools" kind="plain" icon="journal" .label=${t("tool_journal")}></cb-button>
      <cb-button slot="tools" kind="plain" icon="gear" .label=${t("tool_options")}></cb-button>
      ${chips}
      <cb-tabs slot="tabs" .label=${t("places")} .places=${tabs} .value=${place}></cb-tabs>
      ${main()} ${bar ? slotted(bar()) : nothing}
    </cb-frame>`,
    document.body,
  );
}

function slotted(bar: TemplateResult): TemplateResult {
  return html`<div slot="bar" class="contents">${bar}</div>`;
}
