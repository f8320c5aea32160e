/**
 * Documents, elements and forms, asked by what the browser itself defines. In a form a control named `elements`, and in a document
 * an image named `title`, takes the place of the property of that name, in the script of an extension, too.
 */

import { shadowOf } from "../ext";

/** Returns the first element of the document that matches. */
export function find(selector: string): Element | null {
  return Document.prototype.querySelector.call(document, selector);
}

/** Returns all elements of the document that match, in its order. */
export function findAll(selector: string): Element[] {
  return [...Document.prototype.querySelectorAll.call(document, selector)];
}

/** Returns the controls that belong to a form, wherever they lie. */
export function controlsOf(form: HTMLFormElement): Element[] {
  return [...Reflect.get(HTMLFormElement.prototype, "elements", form)];
}

/** Returns an attribute; empty if there is none. */
export function attribute(element: Element, name: string): string {
  return Element.prototype.getAttribute.call(element, name) ?? "";
}

/** Returns the element that an element lies in. */
export function parentOf(element: Element): Element | null {
  return Reflect.get(Node.prototype, "parentElement", element);
}

/** Returns whether an element shows its content somewhere in a shadow tree, or not at all. */
export function hasShadow(element: Element): boolean {
  return element instanceof HTMLElement && shadowOf(element) !== null;
}

/** Returns whether an element matches a selector. */
export function matches(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** Returns whether an element is displayed, as far as the browser itself tells. */
export function isDisplayed(element: Element): boolean {
  // The older name of this option, because Chromium 120 does not know the newer one.
  return Element.prototype.checkVisibility.call(element, { checkVisibilityCSS: true });
}

/** Returns where an element lies in the window. */
export function boxOf(element: Element): DOMRect {
  return Element.prototype.getBoundingClientRect.call(element);
}

/** Returns what is seen, or would be clicked on, at a point of the window. */
export function seenAt(x: number, y: number): Element | null {
  return Document.prototype.elementFromPoint.call(document, x, y);
}

/** Returns the element that contains the whole document. */
export function root(): HTMLElement {
  return Reflect.get(Document.prototype, "documentElement", document);
}

/** Returns an address as the document resolves it; none if it is not one. */
export function resolve(address: string): URL | undefined {
  const base = Reflect.get(Node.prototype, "baseURI", document);
  return URL.canParse(address, base) ? new URL(address, base) : undefined;
}

/** Returns a new element that is not in the document yet. */
export function create<K extends keyof HTMLElementTagNameMap>(kind: K): HTMLElementTagNameMap[K] {
  return Document.prototype.createElement.call(document, kind) as HTMLElementTagNameMap[K];
}

/** Calls `listener` for events anywhere in the document, before the page's own listeners, until the signal aborts. */
export function listen(kind: string, listener: (event: Event) => void, signal: AbortSignal): void {
  EventTarget.prototype.addEventListener.call(document, kind, listener, { capture: true, passive: true, signal });
}
