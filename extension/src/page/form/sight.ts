/** What the administrator can see of an element. */

import { boxOf, hasShadow, isDisplayed, parentOf, root, seenAt } from "../own";

/** Pixels of width and height below which nothing can be read. */
const SMALLEST = 8;

/** Part of its opacity that an element keeps at least. */
const FAINTEST = 0.5;

/** Points of a field, as parts of its width and height, at which nothing else may be seen: the middle first. */
const POINTS = [
  [0.5, 0.5],
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** Properties that take an image as a mask; the second is that of Chromium. */
const MASKS = ["mask-image", "-webkit-mask-box-image-source"];

const atLeast =
  (least: number) =>
  (value: number): boolean =>
    value >= least;
const always = (): boolean => true;

/** The filters that leave an element in sight, with the values for which they do: extensions for dark colours use them. */
const FILTERS = new Map<string, (value: number) => boolean>([
  ["brightness", atLeast(FAINTEST)],
  ["contrast", atLeast(FAINTEST)],
  ["opacity", atLeast(FAINTEST)],
  ["invert", (value) => Math.abs(value - 0.5) >= FAINTEST / 2],
  ["grayscale", always],
  ["hue-rotate", always],
  ["saturate", always],
  ["sepia", always],
]);

/** Returns whether an element takes up space. */
export function isVisible(element: Element | null): boolean {
  return element !== null && Element.prototype.getClientRects.call(element).length > 0;
}

/**
 * Returns whether scrolling can bring an element into view: it has a size, lies within the page, and neither it nor what it lies in
 * is transparent, masked or clipped away. A text without colour or size is not noticed: the field around it is in sight, and a
 * secret is shown as dots anyway.
 */
export function isInSight(element: Element | null): boolean {
  if (!element || !isDisplayed(element)) return false;
  const { width, height, left, top, right, bottom } = boxOf(element);
  const { scrollWidth, scrollHeight } = root();
  return (
    width >= SMALLEST &&
    height >= SMALLEST &&
    right + scrollX > 0 &&
    bottom + scrollY > 0 &&
    left + scrollX < scrollWidth &&
    top + scrollY < scrollHeight &&
    isPlain(element)
  );
}

/** Scrolls a field into view, and returns whether it is what is seen where it lies. */
export function isUncovered(field: Element): boolean {
  Element.prototype.scrollIntoView.call(field, { behavior: "instant", block: "center", inline: "center" });
  const { left, top, width, height } = boxOf(field);
  return POINTS.every(([x, y]) => seenAt(left + x * width, top + y * height) === field);
}

/**
 * Returns whether nothing that an element lies in makes it disappear without hiding it. In a shadow tree, which mailcow's pages do
 * not have, anything could.
 */
function isPlain(element: Element): boolean {
  let opacity = 1;
  for (let at: Element | null = element; at; at = parentOf(at)) {
    if (at !== element && hasShadow(at)) return false;
    const style = getComputedStyle(at);
    opacity *= Number(style.opacity);
    const isClipped = style.clipPath !== "none" || (style.clip !== "auto" && /absolute|fixed/.test(style.position));
    const isMasked =
      MASKS.some((mask) => !["", "none"].includes(style.getPropertyValue(mask))) || style.mixBlendMode !== "normal";
    if (opacity < FAINTEST || isClipped || isMasked || !isClear(style.filter)) return false;
  }
  return true;
}

/** Returns whether a `filter` as the browser writes it leaves what it filters in sight. */
export function isClear(filter: string): boolean {
  if (filter === "none") return true;
  const parts = [...filter.matchAll(/([a-z-]+)\(([^()]*)\)/g)];
  const rest = filter.replaceAll(/[a-z-]+\([^()]*\)/g, "").trim();
  return (
    rest === "" && parts.every(([, name = "", value = ""]) => FILTERS.get(name)?.(Number.parseFloat(value)) ?? false)
  );
}
