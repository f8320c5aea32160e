/** What assistive technology finds in a page, including closed shadow roots. */

import axe from "axe-core";
import type { ElementHandle, Page, SerializedAXNode } from "puppeteer-core";

import { contextOf, type RemoteNode, send, resultOf } from "./bidi.ts";
import { environment } from "./environment.ts";

/** Returns the names of all images, in document order. */
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

/**
 * Firefox does not expose its accessibility tree, but it does expose every node of the document, with the names that our images
 * have.
 */
async function labelled(page: Page): Promise<string[]> {
  const found: string[] = [];
  const collect = ({ value }: RemoteNode): void => {
    const { role, "aria-label": label, "aria-hidden": hidden } = value?.attributes ?? {};
    // The content of a button is part of the button's name.
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

/** Finds an element by role and name. Firefox computes names within one component only, axe-core across all of them. */
export async function find(page: Page, role: string, name: string): Promise<ElementHandle | undefined> {
  // axe-core is slow, so it runs only if there may be a match.
  if (!(await page.evaluate(mayHave, name))) return undefined;
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
    // axe-core takes a no-break space for a space.
    name.replaceAll("\u00a0", " "),
  );
  return (found.asElement() as ElementHandle<Element> | null) ?? undefined;
}

/** Returns whether all words of a name occur in the page's texts or labels, in any component. */
function mayHave(name: string): boolean {
  const said: string[] = [];
  const collect = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll("*")) {
      for (const label of ["aria-label", "title", "alt", "placeholder"]) said.push(element.getAttribute(label) ?? "");
      for (const child of element.childNodes) if (child instanceof Text) said.push(child.data);
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  collect(document);
  const all = said.join(" ");
  return name.split(/\s+/).every((word) => all.includes(word));
}

/** Returns the name of the focused element; empty if there is none. */
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

/** Returns the violations that axe-core finds, by all of its rules or only by some: rule, description, and where. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  await bringAxe(page);
  const results = await page.evaluate(
    (rules) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ["violations"],
        ...(rules ? { runOnly: { type: "rule" as const, values: rules } } : {}),
      }),
    rules,
  );
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`,
  );
}

async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
}

/** Members of axe-core that its types do not declare. */
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
