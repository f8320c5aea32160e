/** Somebody signs in to mailcow in a private window, as everybody does: the button, name and password at authentik, and back. */

import { simulated } from "./browser";
import type { Tab } from "./tab";

/** Password of everybody in the simulated authentik. */
const PASSWORD = "cowbell";

/** Milliseconds between two things that somebody does, so that it can be watched. */
const PAUSE_MS = 450;

/** Opens a private window at mailcow and signs in there; ends where that ends. */
export async function signIn(mailcow: string, username: string): Promise<void> {
  for (const { tab } of simulated.tabs.values()) if (tab.window === "private") simulated.close(tab.id);
  const tab = await simulated.open(`${mailcow}/`, "private");
  await pause();
  await leaving(tab, () => find<HTMLElement>(tab, 'a[href*="iam_sso"]')?.click());
  await type(tab, "uid_field", username);
  await type(tab, "password", PASSWORD);
}

/** Types into a field of authentik's flow and presses its button, if the field is asked for. */
async function type(tab: Tab, name: string, text: string): Promise<void> {
  const field = find<HTMLInputElement>(tab, `input[name="${name}"]`);
  if (!field) return;
  await pause();
  field.value = text;
  await pause();
  await leaving(tab, () => field.form?.querySelector<HTMLElement>("button")?.click());
}

/** Does something that leads to another page, and waits for it. */
async function leaving(tab: Tab, act: () => void): Promise<void> {
  const arrived = new Promise<void>((resolve) => {
    const listener = (id: number): void => {
      if (id !== tab.id) return;
      simulated.onUpdated.removeListener(listener);
      resolve();
    };
    simulated.onUpdated.addListener(listener);
  });
  act();
  await Promise.race([arrived, pause(5 * PAUSE_MS)]);
  await pause();
}

/** Finds an element in the document, or in a shadow tree of it. The form for password managers is not the one. */
function find<E extends Element>({ document }: Tab, selector: string): E | undefined {
  if (!document) return undefined;
  const shadows = [...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const found = [...shadows, document].map((root) => root.querySelector<E>(selector));
  return found.find((element) => element !== null) ?? undefined;
}

function pause(milliseconds = PAUSE_MS): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}
