/** The page: loads the core, then shows what works without the extension. */

import "./site.css";
import init from "cowbell-core";
import { html, render } from "lit";
import core from "../../extension/_locales/en/core.json";
import findings from "../../extension/_locales/en/findings.json";
import panel from "../../extension/_locales/en/panel.json";
import { bundled } from "../../extension/src/panel/text/bundled";
import { useTexts } from "../../extension/src/panel/text/source";
import "../../extension/src/panel/ui/notice";
import "./checker";
import { w } from "./texts";
import "./values";

useTexts(bundled({ ...core, ...findings, ...panel }, document.documentElement.lang));

const values = part("values");
const check = part("check");
try {
  await init();
  // Both parts refer to the same mailcow.
  const show = (mailcow: string): void => {
    render(
      html`<site-values @site-mailcow=${({ detail }: CustomEvent<string>) => show(detail)}></site-values>`,
      values,
    );
    render(html`<site-checker .mailcow=${mailcow}></site-checker>`, check);
  };
  show("");
} catch (error) {
  render(html`<cb-notice kind="problem" .label=${w("broken")}>${String(error)}</cb-notice>`, values);
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found;
}
