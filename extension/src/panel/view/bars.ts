/** The bar of buttons below the section; at most one of them is the primary button. The core decides which there are. */

import type { BarAction, Button, Event, Loss, QuestionView, RemovalView, SwitchCost, WaveView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { Shell } from "../shell";
import { objectName } from "../text/core";
import { listed, t, tn, type Values } from "../text/words";
import type { Line } from "../ui/confirm";
import type { SignKind } from "../ui/sign";
import { passwordFormLines, removedFormText } from "./password-form";

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
  const consequence = asked.removal ? removalText(asked.removal) : consequenceOf(words, facts);
  // What is most at stake comes first.
  const sentences = [
    asked.leaves && t("save_leaves", { host: asked.leaves, authentik: asked.authentik }),
    asked.others.length > 0 &&
      t(kind === "remove" ? "remove_others" : "rotate_others", { hosts: listed(asked.others) }),
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
    .lines=${[...switchLines(asked), ...passwordFormLines(asked)]}
    .consequence=${sentences.filter(Boolean).join(" ")}
    .more=${moreText(asked)}
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
  };
}

/** Returns the consequence in a sentence; of a switch it is in lines. */
function consequenceOf(words: QuestionView["question"]["kind"] | "switch_back_one", facts: Values): string {
  return words === "switch" || words === "switch_wave" ? "" : t(`${words}_consequence`, facts);
}

/** Returns what a switch does, and one back that is not all that it seems. */
function switchLines({ wave, lacksPasswordForm, switched }: QuestionView): Line[] {
  const back: Line[] = lacksPasswordForm ? [{ sign: "warning", text: tn("switch_back_no_form", switched) }] : [];
  if (!wave) return back;
  const { mailboxes, demanding } = wave;
  const demands = t("switch_demands");
  return [
    ...lossLines(wave),
    { sign: "warning", text: tn("switch_passwords", mailboxes) },
    { sign: "good", text: t("switch_app_passwords") },
    demanding > 0
      ? { sign: "warning", text: `${demands} ${tn("demanding", demanding)}` }
      : { sign: "info", text: demands },
    { sign: "info", text: tn("switch_back_later", mailboxes) },
  ];
}

const LOSS_SIGN: Record<SwitchCost, SignKind | undefined> = {
  needs_app_password: "problem",
  still_uses_password: "warning",
  exceeds_template: "problem",
  not_known: "unknown",
  cannot_sign_in: "problem",
  keeps_password: "problem",
  ready: undefined,
  never_seen: undefined,
};

/** Says who would lose something, or get into somebody else's mailbox. The section above has their names. */
function lossLines({ shared, costs, doubtful, reactivated, remade, templates }: WaveView): Line[] {
  const line = (sign: SignKind, text: string): Line[] => [{ sign, text }];
  return [
    ...(shared.length > 0 ? line("warning", tn("wave_shared", shared.length, { addresses: listed(shared) })) : []),
    ...costs.flatMap(({ cost, count }) => {
      const sign = LOSS_SIGN[cost];
      return sign === undefined || cost === "ready" || cost === "never_seen"
        ? []
        : line(sign, tn(`wave_${cost}`, count));
    }),
    ...(doubtful > 0 ? line("unknown", tn("wave_doubtful", doubtful)) : []),
    ...(reactivated > 0 ? line("warning", tn("wave_reactivated", reactivated)) : []),
    ...(remade > 0
      ? line("warning", `${tn("wave_remade", remade, { templates: listed(templates) })} ${t("wave_remade_note")}`)
      : []),
  ];
}

/** Returns what is folded. */
function moreText({ question: { kind } }: QuestionView): string {
  if (kind === "switch" || kind === "switch_wave") return t("switch_more");
  return kind === "hide_password_form" ? t("hide_password_form_more") : "";
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
