/** What assistive technology finds in a page, closed shadow roots included. */

import type { Page, SerializedAXNode } from "puppeteer-core";

import { contextOf, type RemoteNode, send, valueOf } from "./bidi.ts";
import { environment } from "./environment.ts";

/** Names of all images, in their order. */
export function images(page: Page): Promise<string[]> {
  return environment.browser() === "firefox" ? labelled(page) : named(page);
}

async function named(page: Page): Promise<string[]> {
  const found: string[] = [];
  const collect = (node: SerializedAXNode): void => {
    if (node.role === "image" && node.name) found.push(node.name);
    node.children?.forEach(collect);
  };
  const tree = await page.accessibility.snapshot();
  if (tree) collect(tree);
  return found;
}

/** Firefox keeps its accessibility tree to itself, but shows every node of the document, with the name that our images have. */
async function labelled(page: Page): Promise<string[]> {
  const found: string[] = [];
  const collect = ({ value }: RemoteNode): void => {
    const { role, "aria-label": label, "aria-hidden": hidden } = value?.attributes ?? {};
    // What is inside of a button is part of its name.
    if (hidden === "true" || value?.localName === "button") return;
    if (role === "img" && label !== undefined) found.push(label);
    if (value?.shadowRoot) collect(value.shadowRoot);
    value?.children?.forEach(collect);
  };
  const evaluation = await send(page.browser(), "script.evaluate", {
    expression: "document.documentElement",
    target: { context: contextOf(page) },
    awaitPromise: false,
    serializationOptions: { maxDomDepth: null, includeShadowTree: "all" },
  });
  collect(valueOf(evaluation));
  return found;
}
