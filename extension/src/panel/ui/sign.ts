/** The sign in front of a row: its action or its state. Shape and text carry the meaning; colour is only an aid. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base";
import { t } from "../text/words";
import { icon, type IconName } from "./icon";

/** The meaning of a sign. */
export type SignKind = keyof typeof SIGNS;

const SIGNS = {
  create: { icon: "plus", tone: "good", word: "sign_create" },
  change: { icon: "tilde", tone: "warn", word: "sign_change" },
  keep: { icon: "equal", tone: "calm", word: "sign_keep" },
  remove: { icon: "minus", tone: "bad", word: "sign_remove" },
  good: { icon: "tick", tone: "good", word: "sign_good" },
  info: { icon: "letter_i", tone: "calm", word: "sign_info" },
  unknown: { icon: "question", tone: "calm", word: "sign_unknown" },
  warning: { icon: "bang", tone: "warn", word: "sign_warning" },
  problem: { icon: "cross", tone: "bad", word: "sign_problem" },
  waiting: { icon: "ring", tone: "calm", word: "sign_waiting" },
  working: { icon: "arc", tone: "calm", word: "sign_working" },
} as const satisfies Record<string, { icon: IconName; tone: string; word: string }>;

@customElement("cb-sign")
export class Sign extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        flex: none;
        display: inline-grid;
        place-items: center;
        width: 18px;
        height: 18px;
        border-radius: 5px;
      }
      span {
        display: inherit;
        place-items: inherit;
        width: inherit;
        height: inherit;
        border-radius: inherit;
      }
      .good {
        background: var(--good-soft);
        color: var(--good);
      }
      .warn {
        background: var(--warn-soft);
        color: var(--warn);
      }
      .bad {
        background: var(--bad-soft);
        color: var(--bad);
      }
      .calm {
        background: var(--sunken);
        color: var(--dim);
      }
      .working svg {
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .working svg {
          animation: none;
        }
      }
      @media (forced-colors: active) {
        span {
          color: CanvasText;
        }
      }
    `,
  ];

  /** What the sign means. */
  @property() accessor kind: SignKind = "info";

  override render(): TemplateResult {
    const { icon: name, tone, word } = SIGNS[this.kind];
    return html`<span class="${tone} ${this.kind}" role="img" aria-label=${t(word)}>${icon(name, 14)}</span>`;
  }
}
