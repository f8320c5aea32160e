/** What stands in the middle, for each place and state. */

import { html, nothing, type TemplateResult } from "lit";
import { goOnChecking, isRemoved, shownCheck } from "../act/check";
import { readProduct } from "../act/connect";
import { askRemoval, handOver, putBack } from "../act/life";
import { decide } from "../act/mailcow";
import type { Panel } from "../act/panel";
import { loadPlan, savePlan } from "../act/plan-file";
import { ask, askSwitch, change as changeReadiness, saveTable } from "../act/readiness";
import { plan, planWithGroup } from "../act/run";
import { change, choose, isAllowed, isReady } from "../act/setup";
import { type PlaceName, viewOf } from "../state/state";
import { t } from "../text/words";
import { checkView } from "./check";
import { signInsView } from "./diagnosis";
import { mailcowView, outcomeNotice } from "./mailcow";
import { lifeView } from "./life";
import { groupFor } from "./model";
import { lostNotice, troubleNotice } from "./parts";
import { planView } from "./plan";
import { readinessView } from "./readiness";
import { appliedView, runningView, undoneView } from "./run";
import { setupView } from "./setup";
import { trialView } from "./trial";

/** The middle. */
export function middle(panel: Panel): TemplateResult {
  const { state } = panel.store;
  switch (state.place) {
    case "setup":
      return setup(panel);
    case "plan":
      return html`${state.run.kind === "applied" && state.run.report.stop ? nothing : lostNotice("authentik", state.authentik)}${run(panel)}`;
    case "mailcow":
      return mailcow(panel);
    case "check":
      return checks(panel);
  }
}

/** What both sides have stored, who gets in, who did not, and what comes after. */
function checks(panel: Panel): TemplateResult {
  const { state } = panel.store;
  const check = shownCheck(state);
  // What was removed can be put back, and nothing can be checked.
  const removed = isRemoved(state);
  const to = (place: PlaceName): void => mend(panel, place);
  return html`${removed ? life(panel) : checkView(check, panel.tabs.live().length > 0, to)} ${check.kind === "done" ? readiness(panel) : nothing} ${trialView(panel)} ${signInsView(panel, to)} ${removed ? nothing : life(panel)}`;
}

function life(panel: Panel): TemplateResult | typeof nothing {
  const { store, tabs } = panel;
  const { life, registration } = store.state;
  return lifeView(
    { life, registration, both: tabs.live().length === 2 },
    {
      rotate: () => store.set({ asking: "rotate" }),
      remove: () => askRemoval(panel),
      putBack: () => void putBack(panel),
      handOver: (what) => handOver(panel, what),
    },
  );
}

/** Goes to the place where a fault is mended. A plan that was made before the fault was found would say nothing of it. */
function mend(panel: Panel, place: PlaceName): void {
  const { authentik, run } = panel.store.state;
  if (place === "plan" && authentik.kind === "live" && run.kind !== "running" && isReady(panel)) void plan(panel);
  else go(panel, place);
}

/** Goes to a place. */
export function go(panel: Panel, place: PlaceName): void {
  panel.store.set({ place, asking: undefined });
  goOnChecking(panel);
}

function readiness(panel: Panel): TemplateResult | typeof nothing {
  const { core, store } = panel;
  const { check, readiness: known, users } = store.state;
  const faulty = check.kind === "done" && check.findings.some(({ severity }) => severity === "fault");
  return readinessView(known, users, faulty, {
    change: (part) => changeReadiness(panel, part),
    find: (query) => core.findReadiness(query),
    ask: (text) => void ask(panel, text),
    save: () => saveTable(panel),
    switch: (target) => askSwitch(panel, target),
    switchBack: () => store.set({ asking: "switch_back" }),
    go: (place) => mend(panel, place),
  });
}

function mailcow(panel: Panel): TemplateResult {
  const { store, form: live } = panel;
  const { mailcow, choice, form, work, registration, opened } = store.state;
  const view = viewOf(mailcow);
  if (view) {
    return mailcowView(
      { view, choice, form, work, registration },
      {
        decide: (change) => decide(panel, change),
        fix: (finding) => void (finding.fix && live?.fix(finding.fix, finding)),
        test: () => void live?.test(),
        restore: () => store.set({ asking: "restore" }),
        plan: () => void plan(panel),
      },
    );
  }
  switch (mailcow.kind) {
    case "reading":
      return html`<cb-loading .label=${t("reading_mailcow")}></cb-loading>`;
    case "faulty":
      return troubleNotice(mailcow.trouble, again(panel, "mailcow"));
    default: {
      // The notice says what to do, unless another tab was opened since.
      if (mailcow.kind === "lost" && !opened) return html`${outcomeNotice(work)} ${lostNotice("mailcow", mailcow)}`;
      const words = opened ? "mailcow_opened" : "mailcow_none";
      return html`<cb-empty icon="key" .label=${t(`${words}_title`)} .text=${t(`${words}_text`)}></cb-empty>`;
    }
  }
}

function again(panel: Panel, product: "authentik" | "mailcow"): { label: string; act: () => void } {
  return { label: t("retry"), act: () => void readProduct(panel, product) };
}

function setup(panel: Panel): TemplateResult {
  const { core, policy, store } = panel;
  const { authentik, elsewhere, draft, checked, users, planFile } = store.state;
  if (elsewhere === "forbidden")
    return html`<cb-empty icon="bell" .label=${t("forbidden_title")} .text=${t("forbidden_text", { origins: policy.origins?.join(", ") || "–" })}></cb-empty>`;
  if (elsewhere)
    return html`<cb-empty icon="bell" .label=${t("elsewhere_title")} .text=${t("elsewhere_text")}></cb-empty>`;
  switch (authentik.kind) {
    case "absent":
      return html`<cb-empty icon="bell" .label=${t("empty_title")} .text=${t("empty_text")}></cb-empty>`;
    case "reading":
      return html`<cb-loading .label=${t("reading_authentik")}></cb-loading>`;
    case "faulty":
      return troubleNotice(authentik.trouble, again(panel, "authentik"));
    case "lost":
      return html`${lostNotice("authentik", authentik)}`;
    case "live":
      return checked
        ? setupView(
            {
              authentik: authentik.view,
              draft,
              checked,
              mailcowAllowed: isAllowed(panel),
              users,
              planFile,
              mailcowTemplates: viewOf(store.state.mailcow)?.templates ?? [],
            },
            {
              change: (part) => change(panel, part),
              choose: (audience) => choose(panel, audience),
              find: (text, offset, limit) =>
                core.findUsers({ text, filter: "all", audience: draft.audience, offset, limit }),
              load: (file) => void loadPlan(panel, file),
            },
          )
        : html``;
  }
}

function run(panel: Panel): TemplateResult {
  const { core, store } = panel;
  const { run, users, listing, draft, canUndo, registration, authentik } = store.state;
  const known = viewOf(authentik);
  switch (run.kind) {
    case "none":
      if (canUndo)
        return html`<cb-notice kind="info" .label=${t("plan_earlier")}>${t("plan_earlier_note")}</cb-notice>`;
      return html`<cb-empty icon="journal" .label=${t("plan_none_title")} .text=${t("plan_none_text")}
        ><cb-button .label=${t("plan_to_setup")} @click=${() => store.set({ place: "setup" })}></cb-button
      ></cb-empty>`;
    case "planning":
      return users.kind === "reading" && users.total > 0
        ? html`<cb-progress .label=${t("reading_users")} .done=${users.read} .total=${users.total}></cb-progress>`
        : html`<cb-loading .label=${t("reading_plan")}></cb-loading>`;
    case "planned":
      return planView(run.plan, known && groupFor(known, draft), listing, registration, {
        group: (key) => void planWithGroup(panel, key),
        save: () => savePlan(panel),
        secret: () => core.revealSecret() ?? "",
        list: (filter) => store.set({ listing: filter }),
        find: (text, filter, offset, limit) =>
          core.findUsers({ text, filter, audience: draft.audience, offset, limit }),
      });
    case "running":
      return runningView(run);
    case "applied":
      return appliedView(run.report, authentik.kind === "live", registration, () => core.revealSecret() ?? "");
    case "undone":
      return undoneView(run.report);
    case "faulty":
      return troubleNotice(run.trouble, { label: t("retry"), act: () => void plan(panel) });
  }
}
