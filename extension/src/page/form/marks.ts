/** Small signs in front of controls. They lie above the page, so they affect neither its layout nor its forms. */

import type { Mark } from "../../form";
import { boxOf, create, find, listen, root } from "../own";
import { isVisible } from "./sight";

const LOOK = {
  good: { sign: "✓", ink: "#17723f", ground: "#e5f4eb" },
  info: { sign: "i", ink: "#566373", ground: "#eef1f4" },
  unknown: { sign: "?", ink: "#566373", ground: "#eef1f4" },
  warning: { sign: "!", ink: "#835500", ground: "#fdf2da" },
  problem: { sign: "×", ink: "#b3231b", ground: "#fdebe9" },
} as const satisfies Record<Mark["severity"], unknown>;

/** Frame of a mark whose control was filled in. */
const FILLED = "#0b5cd0";
const SIZE = 16;
/** Pixels by which a mark overlaps its control: more would hide text, less would hide the label in front. */
const OVERLAP = 2;
/** A control narrower than this is hidden behind a widget around it. */
const NARROW = 8;

/** The marks of one connection to the panel. */
export class Marks {
  readonly #host = create("div");
  readonly #layer = this.#host.attachShadow({ mode: "closed" });
  readonly #end = new AbortController();
  readonly #resized = new ResizeObserver(() => this.#soon());
  #shown: { selector: string; sign: HTMLElement }[] = [];
  #frame = 0;

  constructor() {
    this.#host.style.cssText =
      "all: initial; position: absolute; top: 0; left: 0; width: 0; height: 0; z-index: 2147483646";
    for (const kind of ["scroll", "click", "transitionend", "input", "change"]) {
      listen(kind, () => this.#soon(), this.#end.signal);
    }
    this.#resized.observe(root());
  }

  /** Shows these marks and no others. */
  show(marks: readonly Mark[]): void {
    this.#shown = marks.map((mark) => ({ selector: mark.selector, sign: draw(mark) }));
    this.#layer.replaceChildren(...this.#shown.map(({ sign }) => sign));
    if (marks.length > 0) root().append(this.#host);
    else this.#host.remove();
    this.#place();
  }

  /** Removes all marks. */
  remove(): void {
    this.#end.abort();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#host.remove();
  }

  #soon(): void {
    this.#frame ||= requestAnimationFrame(() => this.#place());
  }

  #place(): void {
    this.#frame = 0;
    const origin = this.#host.getBoundingClientRect();
    for (const { selector, sign } of this.#shown) {
      const box = placeOf(find(selector));
      sign.style.display = box ? "grid" : "none";
      if (!box) continue;
      sign.style.left = `${Math.max(0, box.left - SIZE + OVERLAP - origin.left)}px`;
      sign.style.top = `${box.top + (box.height - SIZE) / 2 - origin.top}px`;
    }
  }
}

function placeOf(control: Element | null): DOMRect | undefined {
  if (!control || !isVisible(control)) return undefined;
  const box = boxOf(control);
  return box.width < NARROW && control.parentElement ? boxOf(control.parentElement) : box;
}

function draw({ severity, label, filled }: Mark): HTMLElement {
  const { sign, ink, ground } = LOOK[severity];
  const element = create("span");
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  element.title = label;
  element.textContent = sign;
  // Set through the style object, because a page's policy may forbid style elements and attributes.
  element.style.cssText = `position: absolute; place-items: center; width: ${SIZE}px; height: ${SIZE}px; box-sizing: border-box;
    border: ${filled ? `2px solid ${FILLED}` : `1px solid ${ink}`}; border-radius: 5px; background: ${ground}; color: ${ink}; font: bold 11px/1 system-ui, sans-serif; cursor: help`;
  return element;
}
