/** Messages for people before their mailboxes are switched: a preview, and files. Cowbell sends nothing. */

import {
  type Block,
  type CostCount,
  type PersonRow,
  type SwitchCost,
  writeHtml,
  writeTable,
  writeText,
} from "cowbell-core";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Shell } from "../shell";
import { base } from "../style/base";
import { saveFile } from "../tabs/save";
import { breakable } from "../text/breakable";
import {
  accountPage,
  dayInWords,
  MESSAGES,
  mergeTable,
  messageBlocks,
  messageFor,
  type MessageKind,
  signInPage,
} from "../text/people-words";
import type { Language } from "../text/languages";
import { t, tn } from "../text/words";
import { chooseLanguageOfMessages, languageOfMessages } from "../language";
import { languageMenu } from "./language";

/** Whom the messages are for. */
export interface Recipients {
  /** How many mailboxes have which cost. */
  counts: readonly CostCount[];
  /** Returns all of them; called only when they are saved. */
  people: () => readonly PersonRow[];
  /** Notes that the messages for these costs were copied or saved. */
  written: (costs: SwitchCost[]) => void;
}

/** Returns the messages for these people; nothing before both products were read. */
export function wordsView({ counts, people, written }: Recipients, { view }: Shell): TemplateResult | typeof nothing {
  const { registration, authentikFacts, mailcowFacts } = view;
  const authentik = registration?.authentik ?? authentikFacts?.address;
  if (authentik === undefined || mailcowFacts === undefined) return nothing;
  return html`<cb-words
    .counts=${counts}
    .people=${people}
    .written=${written}
    .mailcow=${signInPage(mailcowFacts.address, registration)}
    .authentik=${accountPage(authentik)}
  ></cb-words>`;
}

/** The day and the selected message are the screen's: nothing else depends on them. */
@customElement("cb-words")
export class Words extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding-bottom: 8px;
      }
      .lead {
        margin-bottom: 12px;
        color: var(--dim);
      }
      .preview {
        max-height: 400px;
        margin-bottom: 10px;
        padding: 10px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--ground);
        overflow-wrap: anywhere;
      }
      .preview h3 {
        margin: 12px 0 4px;
        font-weight: 600;
      }
      .preview .title {
        margin: 0 0 8px;
        padding-bottom: 8px;
        border-bottom: 1px solid var(--line);
      }
      .preview p {
        margin-bottom: 8px;
      }
      .preview ol,
      .preview ul {
        margin: 0 0 8px;
        padding-inline-start: 20px;
        list-style: revert;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      small {
        display: block;
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) accessor counts: Recipients["counts"] = [];
  @property({ attribute: false }) accessor people: Recipients["people"] = () => [];
  @property({ attribute: false }) accessor written: Recipients["written"] = () => undefined;
  /** Origin of the mailcow, as it is registered. */
  @property() accessor mailcow = "";
  /** Where people open authentik. */
  @property() accessor authentik = "";

  @state() private accessor day = "";
  @state() private accessor kind: MessageKind = "sign_in";

  override render(): TemplateResult {
    const kinds = MESSAGES.filter((kind) => this.#count(kind) > 0);
    const left = (["keeps_password", "cannot_sign_in"] as const).map((cost) => {
      const count = this.counts.find((counted) => counted.cost === cost)?.count ?? 0;
      return count > 0 ? html`<small>${tn(`words_left_${cost}`, count)}</small>` : nothing;
    });
    const kind = kinds.find((one) => one === this.kind) ?? kinds[0];
    if (kind === undefined) return html`<p class="lead">${t("words_nobody")}</p>${left}`;
    const isOver = this.day !== "" && this.day < today();
    return html`<p class="lead">${t("words_lead")}</p>
      ${this.#count("app_password") > 0 ? html`<cb-notice kind="warning" .label=${t("words_acl_title")}>${t("words_acl")}</cb-notice>` : nothing}
      <cb-field
        type="date"
        .label=${t("words_day")}
        .min=${today()}
        .value=${this.day}
        .hint=${this.day === "" ? t("words_day_hint") : ""}
        .error=${isOver ? t("words_day_over") : ""}
        @cb-input=${({ detail }: CustomEvent<string>) => (this.day = detail)}
      ></cb-field>
      ${this.day === "" || isOver ? nothing : this.#message(kind, kinds)} ${left}`;
  }

  #count(kind: MessageKind): number {
    return this.counts.reduce((sum, { cost, count }) => sum + (messageFor(cost) === kind ? count : 0), 0);
  }

  #message(kind: MessageKind, kinds: readonly MessageKind[]): TemplateResult {
    const blocks = messageBlocks(kind, this.#occasion());
    const name = t(`words_file_${kind}`);
    const options = kinds.map((value) => ({
      value,
      label: t(`words_which_${value}`),
      note: tn(`words_which_${value}_note`, this.#count(value)),
    }));
    const language = languageOfMessages();
    const speak = (chosen: Language): void => {
      chooseLanguageOfMessages(chosen);
      this.requestUpdate();
    };
    return html`${languageMenu(t("words_language"), language, speak)}
      <cb-choice
        .label=${t("words_which")}
        .options=${options}
        .value=${kind}
        @cb-choose=${({ detail }: CustomEvent<string>) => (this.kind = MESSAGES.find((one) => one === detail) ?? kind)}
      ></cb-choice>
      <div class="preview" role="region" aria-label=${t("words_preview")} tabindex="0" lang=${t("message_language", {}, language)}>${preview(blocks)}</div>
      <div class="buttons">
        <cb-copy .about=${t("words_about")} .version=${`${kind} ${this.day} ${language}`} .value=${() => writeText(blocks)} @cb-copied=${() => this.#note(kind)}></cb-copy>
        <cb-button kind="small" .label=${t("words_text")} @click=${() => this.#save(kind, "message", `${name}.txt`, writeText(blocks))}></cb-button>
        <cb-button kind="small" .label=${t("words_html")} @click=${() => this.#save(kind, "html_message", `${name}.html`, writeHtml(t("message_language", {}, language), blocks))}></cb-button>
        <cb-button kind="small" .label=${t("words_csv")} @click=${() => this.#saveTable()}></cb-button>
      </div>
      <small>${t("words_csv_note")}</small>`;
  }

  #save(kind: MessageKind, ...file: Parameters<typeof saveFile>): void {
    saveFile(...file);
    this.#note(kind);
  }

  #saveTable(): void {
    const rows = mergeTable(this.people(), this.#occasion(), writeText);
    saveFile("table", t("words_file_table"), writeTable(rows));
    for (const kind of MESSAGES) this.#note(kind);
  }

  #note(kind: MessageKind): void {
    this.written(this.counts.map(({ cost }) => cost).filter((cost) => messageFor(cost) === kind));
  }

  #occasion(): Parameters<typeof messageBlocks>[1] {
    const language = languageOfMessages();
    return { language, day: dayInWords(this.day, language), mailcow: this.mailcow, authentik: this.authentik };
  }
}

/** Returns today, in the time zone of the administrator. */
function today(): string {
  const now = new Date();
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Returns a message as elements. Adjacent items and steps are in one list. */
function preview(blocks: readonly Block[]): TemplateResult[] {
  const shown: TemplateResult[] = [];
  for (let at = 0; at < blocks.length; ) {
    const first = blocks[at];
    if (first === undefined) break;
    const end = blocks.findIndex(({ kind }, place) => place > at && kind !== first.kind);
    const alike = blocks.slice(at, end === -1 ? blocks.length : end);
    shown.push(elements(first.kind, alike));
    at += alike.length;
  }
  return shown;
}

function elements(kind: Block["kind"], blocks: readonly Block[]): TemplateResult {
  const lines = blocks.map(({ parts }) =>
    parts.map(({ kind, text }) => (kind === "text" ? text : html`<bdi>${breakable(text)}</bdi>`)),
  );
  switch (kind) {
    case "title":
      return html`${lines.map((line) => html`<h3 class="title">${line}</h3>`)}`;
    case "heading":
      return html`${lines.map((line) => html`<h3>${line}</h3>`)}`;
    case "paragraph":
      return html`${lines.map((line) => html`<p>${line}</p>`)}`;
    case "item":
      return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
    case "step":
      return html`<ol>${lines.map((line) => html`<li>${line}</li>`)}</ol>`;
  }
}
