/**
 * Which journals are this panel's. Each window with a panel stores its own, so that none overwrites what another can undo, and those of
 * a window without one are taken over (docs/contract/cases.md, S14). A lock of the browser tells which windows have a panel.
 */

/** Milliseconds to wait for a window whose panel is just being closed. */
const CLOSING_MS = 300;

/** What the panels of this browser session have stored, as pairs of name and text. */
type Kept = [name: string, text: string][];

/** Makes this panel the only one that stores as its window; returns the window's name, and what is stored without that of others. */
export async function claim(kept: Kept): Promise<{ window: string; kept: Kept }> {
  const window = crypto.randomUUID();
  const others = new Set(kept.map(([name]) => windowOf(name)).filter((other) => other !== undefined));
  const held = await Promise.all([window, ...others].map(async (name) => ((await hold(name)) ? [name] : [])));
  const own = new Set<string | undefined>([undefined, ...held.flat()]);
  return { window, kept: kept.filter(([name]) => own.has(windowOf(name))) };
}

/** The window whose journal or list of switched mailboxes is stored under a name, if it is one: `journal.WINDOW.…`. */
function windowOf(name: string): string | undefined {
  return /^(?:journal|mailboxes)\.([^.]*)\./.exec(name)?.[1];
}

/** Returns whether this panel holds the lock of a window, which it then does until it is closed. */
async function hold(window: string): Promise<boolean> {
  // However long the browser takes to say that nobody holds it, only somebody who does is waited for.
  return (await take(window, { ifAvailable: true })) || take(window, { signal: AbortSignal.timeout(CLOSING_MS) });
}

function take(window: string, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const use = (lock: Lock | null): Promise<never> | undefined => {
      resolve(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    };
    navigator.locks.request(`window ${window}`, options, use).catch(() => resolve(false));
  });
}
