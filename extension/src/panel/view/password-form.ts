/** The password form of mailcow's login page: hidden once everybody signs in with authentik. */

import type { PasswordFormTask, PasswordFormView, QuestionView, RemovalView } from "cowbell-core";
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Shell } from "../shell";
import { breakable } from "../text/breakable";
import { type Key, listed, t, tn } from "../text/words";
import type { Line } from "../ui/confirm";
import type { SignKind } from "../ui/sign";
import { errorNotice, intoView } from "./parts";

const WORKING = {
  read: "password_form_read",
  hide: "password_form_hiding",
  show: "password_form_showing",
} as const satisfies Record<PasswordFormTask, Key>;

/** Returns this part, or nothing where there is nothing to hide or to show. */
export function passwordFormView(shell: Shell): TemplateResult | typeof nothing {
  const form = shell.view.passwordForm;
  if (!form) return nothing;
  const { isHidden, error, isDone } = form;
  const done = t(isHidden ? "password_form_done_hidden" : "password_form_done_shown");
  return html`<section class="section">
    <h2 class="title">${t("password_form_title")}</h2>
    <cb-card>
      <cb-row .sign=${form.task ? "working" : ""} .label=${t(stateOf(form))}
        >${form.canBeHidden ? button(form, shell) : nothing}${breakable(noteOf(form))}</cb-row
      >
    </cb-card>
    <div role="status">
      ${error ? html`<div ${ref(intoView)}>${errorNotice(error)}</div>` : nothing}
      ${isDone ? html`<cb-notice ${ref(intoView)} kind="good" .label=${done}></cb-notice>` : nothing}
    </div>
  </section>`;
}

function stateOf({ isHidden }: PasswordFormView): Key {
  if (isHidden === undefined) return "password_form_not_known";
  return isHidden ? "password_form_hidden" : "password_form_shown";
}

function noteOf({ canBeHidden, isHidden, isOwn, isSafe, adminPage }: PasswordFormView): string {
  if (!canBeHidden) return t("password_form_too_old");
  const why = isHidden
    ? t(isOwn ? "password_form_own" : "password_form_foreign")
    : t(isSafe ? "password_form_safe" : "password_form_needed");
  return `${why} ${t("password_form_admins", { page: adminPage })}`;
}

function button({ task, isHidden, isReady }: PasswordFormView, { send }: Shell): TemplateResult {
  const [kind, label] = isHidden
    ? (["show_password_form", "password_form_show"] as const)
    : (["hide_password_form", "password_form_hide"] as const);
  return html`<cb-button slot="end" kind="small" ?disabled=${!isReady} .label=${t(task ? WORKING[task] : label)} .about=${t("password_form_title")} @click=${() => send({ kind: "ask", question: { kind } })}></cb-button>`;
}

/** Returns what a question about the password form is about: whom it does not concern, and who would miss it. */
export function passwordFormLines({ question, passwordForm, authentik }: QuestionView): Line[] {
  if (!passwordForm) return [];
  const { stake, names, providerMatches, isOwn } = passwordForm;
  if (question.kind === "show_password_form")
    return isOwn ? [] : [{ sign: "info", text: t("show_password_form_foreign") }];
  const { isKnown, passwords, keptOut, nobodys } = stake;
  const loss = (sign: SignKind, text: string, named: readonly string[] = [], where: Key | "" = ""): Line[] => [
    {
      sign,
      text,
      note: named.length > 0 || where === "" ? listed(named) : t("password_form_see", { section: t(where) }),
    },
  ];
  return [
    { sign: "keep", text: t("password_form_unconcerned") },
    ...(isKnown ? [] : loss("unknown", t("password_form_not_read"))),
    ...(passwords > 0
      ? loss("problem", tn("password_form_passwords", passwords), names.passwords, "section_switch")
      : []),
    ...(keptOut > 0 ? loss("problem", tn("password_form_kept_out", keptOut), names.keptOut, "section_readiness") : []),
    ...(nobodys > 0 ? loss("warning", tn("password_form_nobodys", nobodys), names.nobodys, "section_switch") : []),
    ...(providerMatches
      ? []
      : loss("warning", t("password_form_other_settings", { authentik: authentik || t("product_authentik") }))),
  ];
}

/** Returns what a removal does with the password form. */
export function removedFormText({ passwordForm }: RemovalView): string {
  switch (passwordForm.kind) {
    case "stays":
      return "";
    case "shown":
      return t("remove_shows_password_form");
    case "changed":
      return t("remove_leaves_password_form", { fields: listed(passwordForm.fields) });
  }
}
