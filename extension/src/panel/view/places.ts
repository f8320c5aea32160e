/** What stands in the middle and in the bar of buttons, for each place and state. */

import { html, nothing, type TemplateResult } from "lit";
import type { Panel } from "../act/panel";
import { apply, plan, stop, undo } from "../act/run";
import { change, choose } from "../act/setup";
import { t, tn } from "../text/words";
import { lostNotice, troubleNotice } from "./parts";
import { planView } from "./plan";
import { appliedView, runningView, undoneView } from "./run";
import { setupView } from "./setup";

/** The middle. */
export function middle(panel: Panel): TemplateResult {
  const { state } = panel.store;
  switch (state.place) {
    case "setup":
      return setup(panel);
    case "plan":
      return html`${lostNotice("authentik", state.authentik)}${run(panel)}`;
    case "mailcow":
      return html`${lostNotice("mailcow", state.mailcow)}<cb-empty icon="key" .label=${t("mailcow_none_title")} .text=${t("mailcow_none_text")}></cb-empty>`;
    case "check":
      return html`<cb-empty icon="tick" .label=${t("check_none_title")} .text=${t("check_none_text")}></cb-empty>`;
  }
}

function setup(panel: Panel): TemplateResult {
  const { core, store } = panel;
  const { authentik, elsewhere, draft, checked, users } = store.state;
  if (elsewhere) return html`<cb-empty icon="bell" .label=${t("elsewhere_title")} .text=${t("elsewhere_text")}></cb-empty>`;
  switch (authentik.kind) {
    case "absent":
      return html`<cb-empty icon="bell" .label=${t("empty_title")} .text=${t("empty_text")}></cb-empty>`;
    case "reading":
      return html`<cb-loading .label=${t("reading_authentik")}></cb-loading>`;
    case "faulty":
      return troubleNotice(authentik.trouble);
    case "lost":
      return html`${lostNotice("authentik", authentik)}`;
    case "live":
      return checked
        ? setupView(
            { authentik: authentik.view, draft, checked, users },
            {
              change: (part) => change(panel, part),
              choose: (audience) => choose(panel, audience),
              find: (text, offset, limit) => core.findUsers({ text, filter: "all", audience: draft.audience, offset, limit }),
            },
          )
        : html``;
  }
}

function run(panel: Panel): TemplateResult {
  const { core, store } = panel;
  const { run, users, listing, draft } = store.state;
  switch (run.kind) {
    case "none":
      return html`<cb-empty icon="journal" .label=${t("plan_none_title")} .text=${t("plan_none_text")}
        ><cb-button .label=${t("plan_to_setup")} @click=${() => store.set({ place: "setup" })}></cb-button
      ></cb-empty>`;
    case "planning":
      return users.kind === "reading" && users.total > 0
        ? html`<cb-progress .label=${t("reading_users")} .done=${users.read} .total=${users.total}></cb-progress>`
        : html`<cb-loading .label=${t("reading_plan")}></cb-loading>`;
    case "planned":
      return planView(run.plan, listing, {
        list: (filter) => store.set({ listing: filter }),
        find: (text, filter, offset, limit) => core.findUsers({ text, filter, audience: draft.audience, offset, limit }),
      });
    case "running":
      return runningView(run);
    case "applied":
      return appliedView(run.report, core.registration(), () => core.revealSecret() ?? "");
    case "undone":
      return undoneView(run.report);
    case "faulty":
      return troubleNotice(run.trouble, { label: t("retry"), act: () => void plan(panel) });
  }
}

/** The bar of buttons; at most one of them leads on. */
export function bar(panel: Panel): TemplateResult | typeof nothing {
  const { store } = panel;
  const { place, asking, canUndo, run, authentik, elsewhere } = store.state;
  if (asking === "undo") {
    return html`<cb-confirm
      danger
      .question=${t("undo_question")}
      .consequence=${t("undo_consequence")}
      .yes=${t("undo")}
      @cb-confirm=${() => void undo(panel)}
      @cb-cancel=${() => store.set({ asking: undefined })}
    ></cb-confirm>`;
  }
  if (place === "setup" && authentik.kind === "live" && !elsewhere && run.kind !== "running") return setupBar(panel);
  if (place !== "plan") return nothing;
  const undoButton = canUndo ? html`<cb-button .label=${t("undo")} @click=${() => store.set({ asking: "undo" })}></cb-button>` : nothing;
  const again = html`<cb-button class="grow" .label=${t("again")} @click=${() => void plan(panel)}></cb-button>`;
  switch (run.kind) {
    case "running":
      return html`<cb-button .label=${t("cancel")} ?disabled=${run.stopping} @click=${() => stop(panel)}></cb-button><small class="quiet">${t("run_undoable")}</small>`;
    case "planned":
      return run.plan.writes > 0
        ? html`${undoButton}<cb-button class="grow" kind="main" .label=${tn("plan_apply", run.plan.writes)} @click=${() => void apply(panel)}></cb-button>`
        : html`${undoButton}${again}`;
    case "applied":
    case "undone":
      return html`${undoButton}${again}`;
    default:
      return undoButton;
  }
}

function setupBar(panel: Panel): TemplateResult {
  const { checked } = panel.store.state;
  const ready = checked !== undefined && checked.faults.length === 0;
  return html`<cb-button class="grow" kind="main" .label=${t("setup_show")} ?disabled=${!ready} @click=${() => void plan(panel)}></cb-button>`;
}
