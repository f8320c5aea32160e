/** The form itself: which one it is, what belongs to it, and where it sends. */

import type { FormFlaw, StepFailure } from "cowbell-core";
import { attribute, controlsOf, findAll, matches, resolve } from "../own";
import { type Control, isControl } from "./set";
import { isInSight, isUncovered } from "./sight";

/** Types of the inputs that hold a text which is entered as it is. */
const TEXTS = new Set(["text", "password", "url"]);

/** Controls of a form, and options of a select, that are looked at at most. */
export const MOST_CONTROLS = 1_000;

/** Returns the first form that a selector finds. */
export function formOf(selector: string): HTMLFormElement | undefined {
  return findAll(selector).find((element) => element instanceof HTMLFormElement);
}

/** Returns what is wrong with a form whatever is in it; none if it is as it should be. */
export function flawOf(form: HTMLFormElement, selector: string): FormFlaw | undefined {
  if (findAll(selector).length > 1) return "ambiguous";
  if (controlsOf(form).length > MOST_CONTROLS) return "too_large";
  return sendsElsewhere(form) ? "elsewhere" : undefined;
}

/** Whether the form, or a button of it, would send to another origin, into an address, or into another window. */
function sendsElsewhere(form: HTMLFormElement): boolean {
  const isForeign = (address: string): boolean => address !== "" && resolve(address)?.origin !== location.origin;
  const isPost = (method: string): boolean => method.toLowerCase() === "post";
  const isHere = (target: string): boolean => target === "" || target.toLowerCase() === "_self";
  if (
    isForeign(attribute(form, "action")) ||
    !isPost(attribute(form, "method")) ||
    !isHere(attribute(form, "target"))
  ) {
    return true;
  }
  // An input of type image belongs to a form, but is not among its elements.
  const buttons = [...controlsOf(form), ...findAll("input[type=image]")].filter((button) => ownerOf(button) === form);
  return buttons.some((button) => {
    const method = attribute(button, "formmethod");
    return (
      isForeign(attribute(button, "formaction")) ||
      !isHere(attribute(button, "formtarget")) ||
      (method !== "" && !isPost(method))
    );
  });
}

function ownerOf(control: Element): HTMLFormElement | null {
  return isControl(control) || control instanceof HTMLButtonElement ? control.form : null;
}

/** Returns why a checkbox must not be ticked or cleared. */
export function obstacleOfBox(control: Control): StepFailure | undefined {
  if (control.type !== "checkbox" || matches(control, ":disabled")) return "ambiguous";
  return isInSight(control) ? undefined : "hidden";
}

/** Returns why a text must not be entered into a control of the form that the selector finds; none if it may be. */
export function obstacleOf(control: Control, selector: string): StepFailure | undefined {
  // A browser does not send it.
  if (matches(control, ":disabled")) return "ambiguous";
  // The options of a select are the page's own, and a widget may lie above it.
  if (control instanceof HTMLSelectElement) return undefined;
  if (matches(control, ":read-only")) return "ambiguous";
  if (control instanceof HTMLInputElement && !TEXTS.has(control.type)) return "ambiguous";
  const form = formOf(selector);
  if (!form) return "missing";
  const flaw = flawOf(form, selector);
  if (flaw) return flaw;
  if (control.form !== form) return "elsewhere";
  if (!isInSight(control)) return "hidden";
  return isUncovered(control) ? undefined : "covered";
}
