/** Styles of buttons: one `main` per screen, `small` beside a row, `plain` for icons in the header. */

import { css } from "lit";

export const button = css`
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 34px;
    padding: 6px 12px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button:enabled:hover {
    background: var(--sunken);
  }
  button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.main:enabled:hover {
    border-color: var(--accent-hover);
    background: var(--accent-hover);
  }
  button.main:focus-visible {
    outline-offset: 2px;
  }
  button.danger {
    border-color: var(--bad);
    color: var(--bad);
  }
  button.small {
    min-height: 26px;
    padding: 2px 9px;
    font-size: var(--small);
    color: var(--accent);
    border-color: var(--accent);
  }
  button.plain {
    min-height: 28px;
    min-width: 28px;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--dim);
  }
  button.plain:enabled:hover {
    background: var(--sunken);
    color: var(--ink);
  }
  button:disabled {
    border-color: var(--line);
    background: var(--sunken);
    color: var(--dim);
    cursor: default;
  }
  @media (forced-colors: active) {
    button.main {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }
    button:disabled {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;
