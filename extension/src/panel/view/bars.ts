/** The bar of buttons below the section; at most one of them is the primary button. The core decides which there are. */

import type { BarAction, Button, Event, Loss, QuestionView, RemovalView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { Shell } from "../shell";
import { objectName } from "../text/core";
import { listed, t, tn, type Values } from "../text/words";
import { passwordFormText, removedFormText } from "./password-form";

const EVENTS: Record<BarAction, Event> = {
  plan: { kind: "plan" },
  apply: { kind: "apply" },
  cancel: { kind: "cancel" },
  ask_undo: { kind: "ask", question: { kind: "undo" } },
  open_mailcow: { kind: "open_mailcow" },
  fill: { kind: "fill" },
  ask_save: { kind: "ask", question: { kind: "save" } },
  go_to_check: { kind: "go", section: "check" },
  check: { kind: "check" },
  ask_switch_wave: { kind: "ask", question: { kind: "switch_wave" } },
  write_messages: { kind: "write_messages" },
};

/** Returns the open question, or the buttons. */
export function bar({ view, send }: Shell): TemplateResult | typeof nothing {
  if (view.question) return question(view.question, send);
  return view.bar.length === 0
    ? nothing
    : html`${view.bar.map((button) =>
        barButton(
          button,
          view.bar.some(({ main }) => main),
          send,
        ),
      )}`;
}

function barButton(
  { action, label, count, main, enabled, note }: Button,
  hasMain: boolean,
  send: Shell["send"],
): TemplateResult {
  return html`<cb-button
      class=${main || label === "go_on" || (label === "read_again" && !hasMain) ? "grow" : ""}
      .kind=${main ? "main" : ""}
      .icon=${action === "open_mailcow" ? "out" : ""}
      .label=${label === "plan_apply" || label === "people_switch" || label === "people_switch_now" ? tn(label, count) : t(label)}
      ?disabled=${!enabled}
      @click=${() => send(EVENTS[action])}
    ></cb-button>${note ? html`<small class="quiet">${t(note)}</small>` : nothing}`;
}

function question(asked: QuestionView, send: Shell["send"]): TemplateResult {
  const { kind } = asked.question;
  const facts = factsOf(asked);
  const words = asked.question.kind === "switch_back" && asked.question.address !== "" ? "switch_back_one" : kind;
  const consequence = asked.removal ? removalText(asked.removal) : t(`${words}_consequence`, facts);
  // What is most at stake comes first.
  const sentences = [
    ...lossTexts(asked),
    asked.leaves && t("save_leaves", { host: asked.leaves, authentik: asked.authentik }),
    asked.others.length > 0 &&
      t(kind === "remove" ? "remove_others" : "rotate_others", { hosts: listed(asked.others) }),
    passwordFormText(asked),
    consequence,
    asked.removal && removedFormText(asked.removal),
    asked.closesLoginPage && t("closes_login_page"),
  ];
  // Another question is another element, whose focus is on Cancel.
  return html`${keyed(
    JSON.stringify(asked.question),
    html`<cb-confirm
    ?danger=${asked.isDangerous}
    ?ready=${asked.isReady}
    .question=${t(`${words}_question`, facts)}
    .consequence=${sentences.filter(Boolean).join(" ")}
    .yes=${t(`${kind}_yes`)}
    @cb-confirm=${() => send({ kind: "confirm", shown: asked })}
    @cb-cancel=${() => send({ kind: "withdraw" })}
  ></cb-confirm>`,
  )}`;
}

function factsOf({ authentik, mailcow, question: asked, wave, switched, passwordForm }: QuestionView): Values {
  return {
    authentik,
    mailcow,
    page: passwordForm?.adminPage ?? "",
    address: "address" in asked ? asked.address : "",
    mailboxes: tn("mailboxes", wave?.mailboxes ?? 0),
    switched: tn("mailboxes", switched),
    demanding: wave && wave.demanding > 0 ? tn("demanding", wave.demanding) : "",
  };
}

/** Says who would lose something, or get into somebody else's mailbox. The section above has their names. */
function lossTexts({ wave }: QuestionView): string[] {
  if (!wave) return [];
  const { doubtful, reactivated, remade, templates } = wave;
  return [
    wave.shared.length > 0 ? tn("wave_shared", wave.shared.length, { addresses: listed(wave.shared) }) : "",
    ...wave.costs.map(({ cost, count }) =>
      cost === "ready" || cost === "never_seen" ? "" : tn(`wave_${cost}`, count),
    ),
    doubtful > 0 ? tn("wave_doubtful", doubtful) : "",
    reactivated > 0 ? tn("wave_reactivated", reactivated) : "",
    remade > 0 ? `${tn("wave_remade", remade, { templates: listed(templates) })} ${t("wave_remade_note")}` : "",
  ];
}

/** Names the objects that a removal removes, and what a restoration does not bring back. */
function removalText({ objects, inMailcow, losses }: RemovalView): string {
  const names = listed(objects.map(objectName));
  const consequence = t(inMailcow ? "remove_consequence" : "remove_consequence_authentik", { objects: names });
  return [consequence, ...losses.map(lossText)].join(" ");
}

function lossText(loss: Loss): string {
  switch (loss.kind) {
    case "binding_expires":
      return t("loss_binding_expires", { name: loss.name });
    case "entitlements":
      return tn("loss_entitlements", loss.count);
    case "entitlements_unknown":
    case "icon":
      return t(`loss_${loss.kind}`);
  }
}
