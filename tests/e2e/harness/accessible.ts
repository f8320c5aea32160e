/** What assistive technology finds in a page, closed shadow roots included. */

import axe from "axe-core";
import type { ElementHandle, Page, SerializedAXNode } from "puppeteer-core";

import { contextOf, type RemoteNode, send, resultOf } from "./bidi.ts";
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
  collect(resultOf(evaluation));
  return found;
}

/** What has a role and a name. Firefox looks for names in one component at a time, axe-core in all of them. */
export async function find(page: Page, role: string, name: string): Promise<ElementHandle | undefined> {
  await bringAxe(page);
  const found = await page.evaluateHandle(
    (role, name) => {
      const { commons, setup, teardown, utils } = (globalThis as unknown as { axe: AxeInside }).axe;
      try {
        const fits = utils
          .querySelectorAll(setup(document), "*")
          .find(
            (node) =>
              commons.aria.getRole(node) === role &&
              commons.text.accessibleTextVirtual(node) === name &&
              commons.dom.isVisibleToScreenReaders(node),
          );
        return fits?.actualNode;
      } finally {
        teardown();
      }
    },
    role,
    name,
  );
  return (found.asElement() as ElementHandle<Element> | null) ?? undefined;
}

/** The name of the element that has the focus; empty where none has it. */
export function focused(page: Page): Promise<string> {
  return environment.browser() === "firefox" ? labelOfFocused(page) : nameOfFocused(page);
}

async function nameOfFocused(page: Page): Promise<string> {
  const search = (node: SerializedAXNode): string | undefined => {
    const inside = node.children?.map(search).find((name) => name !== undefined);
    return inside ?? (node.focused && node.role !== "RootWebArea" ? (node.name ?? "") : undefined);
  };
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  return (tree && search(tree)) ?? "";
}

async function labelOfFocused(page: Page): Promise<string> {
  await bringAxe(page);
  return page.evaluate(() => {
    const { commons, setup, teardown, utils } = (globalThis as unknown as { axe: AxeInside }).axe;
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    try {
      const node = utils.querySelectorAll(setup(document), "*").find(({ actualNode }) => actualNode === focused);
      return node && focused !== document.body ? commons.text.accessibleTextVirtual(node) : "";
    } finally {
      teardown();
    }
  });
}

async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
}

/** What of axe-core its types keep to themselves. */
interface AxeInside {
  setup(document: Document): VirtualNode;
  teardown(): void;
  utils: { querySelectorAll(root: VirtualNode, selector: string): VirtualNode[] };
  commons: {
    aria: { getRole(node: VirtualNode): string | null };
    text: { accessibleTextVirtual(node: VirtualNode): string };
    dom: { isVisibleToScreenReaders(node: VirtualNode): boolean };
  };
}

interface VirtualNode {
  actualNode: Element;
}
