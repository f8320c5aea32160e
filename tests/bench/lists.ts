/**
 * Whether the lists stutter, with 100,000 users and 10,000 mailboxes: the time between two frames while one is scrolled from end to end,
 * then searched.
 */

import * as actions from "../e2e/harness/actions.ts";
import { counted, text } from "../e2e/harness/messages.ts";
import type { Panel } from "../e2e/harness/panel.ts";
import { launch } from "../e2e/harness/stage.ts";
import type { Figure } from "./figure.ts";

const USERS = 100_000;
const MAILBOXES = 10_000;

/** Milliseconds; a longer frame is felt. */
const LONGEST_MS = 50;

/** What is typed, letter by letter. */
const SOUGHT = ["m", "ma", "mar", "mari", "", "v", "vo", "vog", "zzz", ""];

export async function lists(): Promise<Figure[]> {
  await using stage = await launch({ standins: { users: USERS, mailboxes: MAILBOXES } });
  // Signs in there, too.
  await stage.open("mailcow");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  panel.page.setDefaultTimeout(800_000);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await panel.choose(text("audience_all"));
  await panel.click(">>> cb-disclosure >>> summary");
  await panel.choose(text("how_group"));
  await actions.planAndApply(panel);
  const form = await actions.goToMailcow(stage, panel);
  form.setDefaultNavigationTimeout(800_000);
  await actions.saveForMe(stage, panel, form);
  await panel.go(text("section_readiness"));
  await panel.find(">>> cb-list");
  const figures = [...(await frames(panel, "who can sign in"))];
  await panel.go(text("section_switch"));
  await panel.press(text("people_read"));
  await panel.says(text("people_again"));
  figures.push(...(await frames(panel, "what a switch costs")));
  const [label = ""] = (await panel.texts("cb-button.grow")).filter((words) => /\d/.test(words));
  await panel.press(label);
  await panel.confirm();
  await panel.says(counted("switched", Number(label.replaceAll(/\D/g, ""))));
  await panel.go(text("section_arrivals"));
  await panel.press(text("arrivals_read"));
  await panel.says(text("arrivals_again"));
  figures.push(...(await frames(panel, "who has arrived")));
  return figures;
}

async function frames(panel: Panel, name: string): Promise<Figure[]> {
  const list = await panel.find(">>> cb-list");
  const taken = await list.evaluate(async (element, sought) => {
    const scroller = element.shadowRoot?.querySelector(".scroller");
    const field = element.shadowRoot?.querySelector("input");
    if (!scroller || !field) throw new Error("a list without rows");
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const taken: number[] = [];
    let last = await frame();
    const next = async (): Promise<void> => {
      const now = await frame();
      taken.push(now - last);
      last = now;
    };
    for (let step = 0; step <= 120; step++) {
      scroller.scrollTop = (scroller.scrollHeight * Math.min(step, 120 - step)) / 60;
      await next();
    }
    for (const typed of sought) {
      field.value = typed;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      for (let shown = 0; shown < 6; shown++) await next();
    }
    return taken.toSorted((one, other) => one - other);
  }, SOUGHT);
  const rows = await list.evaluate((element) => element.shadowRoot?.querySelector(".count")?.textContent ?? "");
  const at = (share: number): number => taken[Math.ceil(share * taken.length) - 1] ?? Number.NaN;
  return [
    { name: `${name}, ${rows}: 99 of 100 frames`, value: at(0.99), unit: "ms" },
    { name: `${name}: the longest frame`, value: at(1), unit: "ms", atMost: LONGEST_MS },
  ];
}
