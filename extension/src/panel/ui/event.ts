/** What components tell whoever placed them: events named `cb-…`. They do not bubble, so that one component inside another is not mistaken for it. */

declare global {
  interface HTMLElementEventMap {
    /** A text changed: the text. */
    "cb-input": CustomEvent<string>;
    /** One of several was chosen: its value. */
    "cb-choose": CustomEvent<string>;
    /** A box was ticked or cleared. */
    "cb-check": CustomEvent<boolean>;
    /** A row of a list was picked or let go: its id. */
    "cb-pick": CustomEvent<string>;
    /** A file was chosen. */
    "cb-file": CustomEvent<File>;
    /** Yes. */
    "cb-confirm": CustomEvent<undefined>;
    /** No, or stop. */
    "cb-cancel": CustomEvent<undefined>;
    /** The remedy of a finding is wanted. */
    "cb-fix": CustomEvent<undefined>;
  }
}

type Named = { [K in keyof HTMLElementEventMap]: K extends `cb-${string}` ? K : never }[keyof HTMLElementEventMap];

/** Sends an event of a component. */
export function send<K extends Named>(from: HTMLElement, name: K, detail: HTMLElementEventMap[K]["detail"]): void {
  from.dispatchEvent(new CustomEvent(name, { detail }));
}
