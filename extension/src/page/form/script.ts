/** Runs the steps of a fill script in order and stops at the first that fails. */

import type { Script, Step } from "cowbell-core";
import type { ScriptEnd, StepFailure } from "../../form";
import { isControl, isTyped, setChecked, setValue, type Widgets } from "./set";
import { isInSight, isVisible, until } from "./dom";
import { setRows } from "./rows";

/** Runs a fill script. */
export async function perform({ steps, ...widgets }: Script): Promise<ScriptEnd> {
  for (const [index, step] of steps.entries()) {
    const why = await doStep(step, widgets);
    if (why) return { failed: index, why };
  }
  return { done: steps.length };
}

async function doStep(step: Step, widgets: Widgets): Promise<StepFailure | undefined> {
  if (step.kind === "set_rows") return setRows(step, widgets);
  const find = (): Element | null => document.querySelector(step.selector);
  if (step.kind === "await") return (await until(() => isInSight(find()), step.timeoutMs)) ? undefined : "timeout";
  if (step.kind === "click" && isVisible(document.querySelector(step.unlessVisible))) return undefined;
  const element = find();
  switch (step.kind) {
    case "click":
      if (!(element instanceof HTMLElement)) return "missing";
      element.click();
      return undefined;
    case "set_value":
      if (!isControl(element)) return "missing";
      // The page may have changed since it was read.
      if (isTyped(element) && !isInSight(element)) return "hidden";
      return setValue(element, step.value, widgets) ? undefined : "no_option";
    case "set_checked":
      if (!(element instanceof HTMLInputElement)) return "missing";
      setChecked(element, step.checked);
      return undefined;
  }
}
