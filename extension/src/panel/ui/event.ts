/**
 * The events of components, named `cb-…`. They do not bubble, so that an event of a nested component is not mistaken for one of
 * the outer component.
 */

declare global {
  interface HTMLElementEventMap {
    /** A text changed; the detail is the text. */
    "cb-input": CustomEvent<string>;
    /** An option was selected; the detail is its value. */
    "cb-choose": CustomEvent<string>;
    /** A checkbox was checked or unchecked. */
    "cb-check": CustomEvent<boolean>;
    /** A row of a list was selected or deselected; the detail is its id. */
    "cb-pick": CustomEvent<string>;
    /** A row of a list was opened or closed; the detail is its id. */
    "cb-open": CustomEvent<string>;
    /** A value was copied. */
    "cb-copied": CustomEvent<undefined>;
    /** Every row that is found was picked; the detail is what was searched for. */
    "cb-every": CustomEvent<string>;
    /** A file was selected. */
    "cb-file": CustomEvent<File>;
    /** The question was confirmed. */
    "cb-confirm": CustomEvent<undefined>;
    /** The question or the run was cancelled. */
    "cb-cancel": CustomEvent<undefined>;
    /** The fix of a finding was requested. */
    "cb-fix": CustomEvent<undefined>;
  }
}

type Named = { [K in keyof HTMLElementEventMap]: K extends `cb-${string}` ? K : never }[keyof HTMLElementEventMap];

/** Sends an event of a component. */
export function send<K extends Named>(from: HTMLElement, name: K, detail: HTMLElementEventMap[K]["detail"]): void {
  from.dispatchEvent(new CustomEvent(name, { detail }));
}
