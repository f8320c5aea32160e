/** Runs the steps of a fill script in order and stops at the first that fails. */

import type { Script, ScriptEnd, Step, StepFailure } from "cowbell-core";
import { find, findAll } from "../own";
import { MOST_CONTROLS, obstacleOf, obstacleOfBox } from "./form";
import { countRows } from "./rows";
import { type Control, isControl, setChecked, setValue } from "./set";
import { isInSight, isVisible } from "./sight";
import { until } from "./until";

type SetsValues = Extract<Step, { kind: "set_value" | "set_column" | "set_checked" }>;

/** A script that is being run. */
interface Run {
  script: Script;
  /** Whether its time is over: the page may have grown since it was read, or be slow. */
  isOver: () => boolean;
}

/** Runs a fill script; no step begins after `end`, in milliseconds since 1970. */
export async function perform(script: Script, end: number): Promise<ScriptEnd> {
  const [left, top] = [scrollX, scrollY];
  const done = holdForms();
  const run: Run = { script, isOver: () => Date.now() > end };
  try {
    let checked = false;
    for (const [index, step] of script.steps.entries()) {
      if (run.isOver()) return { failed: "timeout" };
      // All fields before the first value, so that a refusal fills in nothing, and each before its own.
      const steps = checked ? [step] : script.steps.slice(index);
      checked ||= setsValues(step);
      const obstacle = setsValues(step) ? firstOf(steps, (step) => check(step, run)) : undefined;
      const failed = obstacle ?? (await doStep(step, run));
      if (failed) return { failed };
    }
    return {};
  } finally {
    done();
    scrollTo({ left, top, behavior: "instant" });
  }
}

/** Keeps forms from being sent by what the script clicks on or sets, until the returned function is called. */
function holdForms(): () => void {
  const end = new AbortController();
  const hold = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("submit", hold, { capture: true, signal: end.signal });
  return () => end.abort();
}

function setsValues(step: Step): step is SetsValues {
  return step.kind === "set_value" || step.kind === "set_column" || step.kind === "set_checked";
}

/** Returns why the values of a step must not be set. */
function check(step: Step, { script, isOver }: Run): StepFailure | undefined {
  if (!setsValues(step)) return undefined;
  const controls = findAll(step.selector);
  if (controls.length === 0) return "missing";
  if (step.kind !== "set_column" && controls.length > 1) return "ambiguous";
  if (controls.length > MOST_CONTROLS) return "too_large";
  return firstOf(controls, (control) => {
    if (!isControl(control)) return "missing";
    if (isOver()) return "timeout";
    return step.kind === "set_checked" ? obstacleOfBox(control) : obstacleOf(control, script.form);
  });
}

/** Returns the first failure among these; what comes after it is not looked at. */
function firstOf<T>(all: readonly T[], failureOf: (one: T) => StepFailure | undefined): StepFailure | undefined {
  for (const one of all) {
    const failure = failureOf(one);
    if (failure) return failure;
  }
  return undefined;
}

async function doStep(step: Step, run: Run): Promise<StepFailure | undefined> {
  switch (step.kind) {
    case "await":
      return (await until(() => isInSight(find(step.selector)), step.timeoutMs)) ? undefined : "timeout";
    case "click": {
      if (isVisible(find(step.unlessVisible))) return undefined;
      const element = find(step.selector);
      if (!(element instanceof HTMLElement)) return "missing";
      element.click();
      return undefined;
    }
    case "count_rows":
      return countRows(step, run.isOver);
    case "set_value":
      return setAll(step.selector, [step.value], run);
    case "set_column":
      // A row may name a template that was deleted since: its list has no such option, and the panel says that the row differs.
      return setAll(step.selector, step.values, run, true);
    case "set_checked": {
      const box = find(step.selector);
      if (!(box instanceof HTMLInputElement)) return "missing";
      setChecked(box, step.checked);
      return undefined;
    }
  }
}

/** Sets the values of all controls, each checked once more: what was set before may have made the page change the form. */
function setAll(
  selector: string,
  values: readonly string[],
  { script, isOver }: Run,
  mayLackOptions = false,
): StepFailure | undefined {
  const controls = findAll(selector).filter((control): control is Control => isControl(control));
  for (const [row, control] of controls.entries()) {
    const obstacle = isOver() ? "timeout" : obstacleOf(control, script.form);
    if (obstacle) return obstacle;
    if (!setValue(control, values[row] ?? "", script) && !mayLackOptions) return "no_option";
  }
  return undefined;
}
