/** What assistive technology finds in a page, closed shadow roots included. */

import type { Page, SerializedAXNode } from "puppeteer-core";

/** Names of everything with this role, in their order. */
export async function names(page: Page, role: string): Promise<string[]> {
  const found: string[] = [];
  const collect = (node: SerializedAXNode): void => {
    if (node.role === role && node.name) found.push(node.name);
    node.children?.forEach(collect);
  };
  const tree = await page.accessibility.snapshot();
  if (tree) collect(tree);
  return found;
}
