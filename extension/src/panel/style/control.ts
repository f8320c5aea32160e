/** Styles of text fields, selects and their labels. */

import { css } from "lit";

export const control = css`
  label,
  legend {
    display: block;
    margin-bottom: 4px;
    font-weight: 600;
  }
  input[type="text"],
  input[type="password"],
  input[type="search"],
  input[type="date"],
  select {
    width: 100%;
    min-height: 34px;
    padding: 6px 8px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
  }
  input::placeholder {
    color: var(--dim);
    opacity: 1;
  }
  input[aria-invalid="true"] {
    border-color: var(--bad);
    box-shadow: inset 0 0 0 1px var(--bad);
  }
  input[type="radio"],
  input[type="checkbox"] {
    flex: none;
    width: 16px;
    height: 16px;
    margin: 1px 0 0;
    accent-color: var(--accent);
  }
  :disabled {
    color: var(--dim);
  }
`;
