/** The bar of buttons of each place; at most one of them leads on. */

import { html, nothing, type TemplateResult } from "lit";
import { check, goOnChecking, shownCheck } from "../act/check";
import { remove, rotate } from "../act/life";
import { fill, restore, save } from "../act/mailcow";
import { openMailcow } from "../act/open";
import type { Panel } from "../act/panel";
import { stopSwitching, switchBack, switchMailboxes } from "../act/readiness";
import { apply, plan, stop, undo } from "../act/run";
import { isReady } from "../act/setup";
import { objectName } from "../text/core";
import { t, tn } from "../text/words";
import { switchFacts } from "./readiness";

type Bar = TemplateResult | typeof nothing;

/** The bar below the place that is shown. */
export function bar(panel: Panel): Bar {
  const { asking, place, elsewhere, authentik, run } = panel.store.state;
  if (asking) return question(panel, asking);
  switch (place) {
    case "setup":
      return authentik.kind === "live" && !elsewhere && run.kind !== "running" ? setupBar(panel) : nothing;
    case "plan":
      return planBar(panel);
    case "mailcow":
      return mailcowBar(panel);
    case "check":
      return checkBar(panel);
  }
}

const YES = { undo, save, restore, rotate, remove, switch: switchMailboxes, switch_back: switchBack };

/** Does what was asked about, and then the check that waited for it. */
async function perform(panel: Panel, asked: keyof typeof YES): Promise<void> {
  await YES[asked](panel);
  goOnChecking(panel);
}

function question(panel: Panel, asking: keyof typeof YES): TemplateResult {
  const { readiness } = panel.store.state;
  const facts = readiness.kind === "done" ? switchFacts(readiness) : {};
  return html`<cb-confirm
    ?danger=${asking !== "save" && asking !== "rotate"}
    .question=${t(`${asking}_question`, facts)}
    .consequence=${asking === "remove" ? removalText(panel) : t(`${asking}_consequence`, facts)}
    .yes=${t(`${asking}_yes`)}
    @cb-confirm=${() => void perform(panel, asking)}
    @cb-cancel=${() => panel.store.set({ asking: undefined })}
  ></cb-confirm>`;
}

/** What a removal takes away, in words. */
function removalText({ store }: Panel): string {
  const { removal } = store.state.life;
  const objects = removal?.objects.map(objectName).join(", ") ?? "";
  return t(removal?.inMailcow ? "remove_consequence" : "remove_consequence_authentik", { objects });
}

function setupBar(panel: Panel): TemplateResult {
  return html`<cb-button class="grow" kind="main" .label=${t("setup_show")} ?disabled=${!isReady(panel)} @click=${() => void plan(panel)}></cb-button>`;
}

function planBar(panel: Panel): Bar {
  const { store } = panel;
  const { run, canUndo, authentik, registration } = store.state;
  const live = authentik.kind === "live";
  const undoButton =
    canUndo && live
      ? html`<cb-button .label=${t("undo")} @click=${() => store.set({ asking: "undo" })}></cb-button>`
      : nothing;
  const read = (label: string, kind: "" | "main" = ""): Bar =>
    live
      ? html`<cb-button class="grow" .kind=${kind} .label=${label} @click=${() => void plan(panel)}></cb-button>`
      : nothing;
  const onward = registration
    ? html`<cb-button class="grow" kind="main" icon="out" .label=${t("open_mailcow")} @click=${() => void openMailcow(panel)}></cb-button>`
    : read(t("again"));
  switch (run.kind) {
    case "running":
      return html`<cb-button .label=${t("cancel")} ?disabled=${run.stopping} @click=${() => stop(panel)}></cb-button><small class="quiet">${t("run_undoable")}</small>`;
    case "planned":
      return run.plan.writes > 0
        ? html`${undoButton}<cb-button class="grow" kind="main" ?disabled=${!live} .label=${tn("plan_apply", run.plan.writes)} @click=${() => void apply(panel)}></cb-button>`
        : beside(undoButton, onward);
    case "applied":
      return beside(undoButton, run.report.stop || !run.report.inSync ? read(t("go_on"), "main") : onward);
    case "undone":
      return beside(undoButton, read(t("again")));
    case "none":
      return canUndo && isReady(panel) ? beside(undoButton, read(t("setup_show"), "main")) : undoButton;
    default:
      return undoButton;
  }
}

/** Two buttons, or fewer. */
function beside(left: Bar, right: Bar): Bar {
  return left === nothing && right === nothing ? nothing : html`${left}${right}`;
}

function mailcowBar(panel: Panel): Bar {
  const { store } = panel;
  const { mailcow, work, registration, form } = store.state;
  if (mailcow.kind !== "live") return nothing;
  const disabled = work.busy !== undefined;
  const press = (): void => void fill(panel);
  if (!registration)
    return form
      ? nothing
      : html`<cb-button class="grow" kind="main" .label=${t("mailcow_show_form")} ?disabled=${disabled} @click=${press}></cb-button>`;
  if (mailcow.view.inSync && registration.remaining === 0)
    return html`<cb-button class="grow" kind="main" .label=${t("mailcow_check")} @click=${() => verify(panel)}></cb-button>`;
  return html`<cb-button .label=${t(work.busy === "save" ? "mailcow_saving" : "mailcow_save")} ?disabled=${disabled} @click=${() => store.set({ asking: "save" })}></cb-button>
    <cb-button
      class="grow"
      .kind=${work.filled || registration.remaining > 0 ? "" : "main"}
      .label=${t(work.filled ? "mailcow_fill_again" : work.busy === "go" || work.busy === "fill" ? "mailcow_filling" : "mailcow_fill")}
      ?disabled=${disabled}
      @click=${press}
    ></cb-button>`;
}

function verify(panel: Panel): void {
  panel.store.set({ place: "check", check: { kind: "none" } });
  goOnChecking(panel);
}

function checkBar(panel: Panel): Bar {
  const { authentik, mailcow, readiness } = panel.store.state;
  if (readiness.kind === "done" && readiness.work)
    return html`<cb-button .label=${t("cancel")} ?disabled=${readiness.work.stopping} @click=${() => stopSwitching(panel)}></cb-button><small class="quiet">${t("run_note")}</small>`;
  if (authentik.kind !== "live" && mailcow.kind !== "live") return nothing;
  const result = shownCheck(panel.store.state);
  const checking = result.kind === "checking";
  return html`<cb-button class="grow" kind="main" .label=${t(checking ? "check_checking" : result.kind === "none" ? "check_run" : "check_again")} ?disabled=${checking} @click=${() => void check(panel)}></cb-button>`;
}
