/**
 * The icons of the panel: strokes on a grid of 16, in the colour of the surrounding text. Text always says what they mean, too.
 */

import { type SVGTemplateResult, svg, html, type TemplateResult } from "lit";

const DRAWINGS = {
  plus: svg`<path d="M8 3.5v9M3.5 8h9" />`,
  tilde: svg`<path d="M3 9.2C4.2 6.4 6 6.6 8 8s3.8 1.6 5-1.2" />`,
  equal: svg`<path d="M4 6.2h8M4 9.8h8" />`,
  minus: svg`<path d="M3.5 8h9" />`,
  tick: svg`<path d="m3.5 8.5 3 3 6-7" />`,
  cross: svg`<path d="m4.2 4.2 7.6 7.6m0-7.6-7.6 7.6" />`,
  bang: svg`<path d="M8 3.2v5.6" /><path d="M8 12.4v.1" stroke-width="2.4" />`,
  letter_i: svg`<path d="M8 7.4v5.2" /><path d="M8 3.9V4" stroke-width="2.4" />`,
  question: svg`<path d="M5.6 6c0-3.4 4.9-3.2 4.9-.3 0 1.9-2.4 1.9-2.4 4" /><path d="M8.1 12.5v.1" stroke-width="2.4" />`,
  ring: svg`<circle cx="8" cy="8" r="4.5" />`,
  arc: svg`<circle cx="8" cy="8" r="5" opacity=".25" /><path d="M13 8a5 5 0 0 0-5-5" />`,
  chevron: svg`<path d="m6 3.8 4.2 4.2L6 12.2" />`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M3.8 10.5h-.3a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v.3" />`,
  search: svg`<circle cx="7" cy="7" r="4.2" /><path d="m10.2 10.2 3.3 3.3" />`,
  journal: svg`<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.8v2.4h2.4M8 5.4V8l1.9 1.3" />`,
  gear: svg`<circle cx="8" cy="8" r="2" /><path d="M8 2.2v1.7m0 8.2v1.7M2.2 8h1.7m8.2 0h1.7M3.9 3.9l1.2 1.2m5.8 5.8 1.2 1.2m0-8.2-1.2 1.2m-5.8 5.8-1.2 1.2" />`,
  key: svg`<circle cx="5.4" cy="10.6" r="2.9" /><path d="m7.5 8.5 5.7-5.7m-2.4 2.4 2 2" />`,
  out: svg`<path d="M9.5 2.5h4v4m0-4L7.6 8.4M7 3.5H3.5a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V9" />`,
  bell: svg`<path d="M6 4.2V3.4A1.2 1.2 0 0 1 7.2 2.2h1.6A1.2 1.2 0 0 1 10 3.4v.8M5.2 4.2h5.6l1.9 7.6H3.3Zm1.6 7.6a1.3 1.3 0 0 0 2.4 0" />`,
} satisfies Record<string, SVGTemplateResult>;

/** Name of an icon. */
export type IconName = keyof typeof DRAWINGS;

/** Returns an icon that is hidden from screen readers. */
export function icon(name: IconName, size = 16): TemplateResult {
  return html`<svg
    viewBox="0 0 16 16"
    width=${size}
    height=${size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${DRAWINGS[name]}
  </svg>`;
}
