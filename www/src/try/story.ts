/**
 * The story: what an administrator does, step by step. A step is done when panel and products say so, whoever did it: the button, or the
 * visitor by hand.
 */

import type { Event, SetupDraft, Standing, View } from "cowbell-core";
import { simulated } from "./browser";
import { signIn } from "./sign-in";
import type { Tab } from "./tab";

/** Where authentik and mailcow are; the simulation has the same. */
export const ORIGINS = { authentik: "https://login.example.org", mailcow: "https://mail.example.org" } as const;

/** What a step looks at. */
export interface Facts {
  view: View;
  standing: Standing;
}

/** What a step does something with. */
export interface Actor extends Facts {
  send: (event: Event) => void;
  /** Shows the tab of a product, and opens it if it was closed. */
  open: (product: keyof typeof ORIGINS) => Promise<Tab>;
  /** Waits until something is so. */
  until: (test: (facts: Facts) => boolean) => Promise<void>;
}

/** What the visitor is to look at during a step: on a small screen only one fits. */
export type Look = "panel" | "page";

export interface Step {
  id: StepId;
  look: Look;
  isDone: (facts: Facts) => boolean;
  /** Whether a step that leaves nothing behind counts as done once a later one is. */
  isPassed?: boolean;
  perform: (actor: Actor) => Promise<void> | void;
}

export type StepId =
  | "click_authentik"
  | "plan"
  | "apply"
  | "click_mailcow"
  | "fill"
  | "save"
  | "sign_in"
  | "check"
  | "readiness"
  | "people"
  | "ask"
  | "switch";

const hasPlan = ({ run }: View): boolean => ["planned", "running", "applied"].includes(run.kind);
const isSwitched = ({ standing }: Facts): boolean => standing.switched > standing.arrived;

export const STEPS: readonly Step[] = [
  {
    id: "click_authentik",
    look: "panel",
    isDone: ({ view }) => view.authentik.kind !== "absent",
    isPassed: true,
    perform: async ({ open }) => simulated.click((await open("authentik")).id),
  },
  {
    id: "plan",
    look: "panel",
    isDone: ({ view }) => hasPlan(view),
    isPassed: true,
    perform: ({ view, send }) => {
      const draft: SetupDraft = { ...view.draft, mailcow: ORIGINS.mailcow };
      send({ kind: "edit", draft });
      send({ kind: "plan" });
    },
  },
  {
    id: "apply",
    look: "panel",
    isDone: ({ view, standing }) => standing.isApplied && view.run.kind !== "running" && view.run.kind !== "planned",
    isPassed: true,
    perform: ({ send }) => send({ kind: "apply" }),
  },
  {
    id: "click_mailcow",
    look: "panel",
    isDone: ({ view }) => view.mailcow.kind !== "absent",
    isPassed: true,
    perform: async ({ open }) => simulated.click((await open("mailcow")).id),
  },
  {
    id: "fill",
    look: "page",
    isDone: ({ view }) => view.work.filled !== undefined,
    isPassed: true,
    perform: async ({ send, open, until }) => {
      send({ kind: "fill" });
      await until(({ view }) => view.work.filled !== undefined || view.work.error !== undefined);
      const { document } = await open("mailcow");
      document?.querySelector("#iam_client_id")?.scrollIntoView();
    },
  },
  {
    id: "save",
    look: "page",
    isDone: ({ standing }) => standing.isSaved,
    perform: async ({ open }) => {
      const tab = await open("mailcow");
      tab.document?.querySelector<HTMLElement>('[data-action="edit_selected"][data-id="iam_generic"]')?.click();
    },
  },
  {
    id: "sign_in",
    look: "page",
    isDone: ({ standing }) => standing.arrived > 0,
    perform: ({ standing }) => signIn(ORIGINS.mailcow, standing.newcomer),
  },
  {
    id: "check",
    look: "panel",
    isDone: ({ view }) => view.check.kind === "done",
    isPassed: true,
    perform: ({ send }) => {
      send({ kind: "go", section: "check" });
      send({ kind: "check" });
    },
  },
  {
    id: "readiness",
    look: "panel",
    isDone: ({ view }) => view.readiness.kind === "done",
    isPassed: true,
    perform: ({ send }) => send({ kind: "go", section: "readiness" }),
  },
  {
    id: "people",
    look: "panel",
    isDone: ({ view }) => view.readiness.kind === "done" && view.readiness.people.kind === "done",
    isPassed: true,
    perform: ({ send }) => {
      send({ kind: "go", section: "switch" });
      send({ kind: "read_people" });
    },
  },
  {
    id: "ask",
    look: "panel",
    isDone: ({ view }) => view.question?.question.kind === "switch_wave",
    isPassed: true,
    perform: ({ send }) => send({ kind: "ask", question: { kind: "switch_wave" } }),
  },
  {
    id: "switch",
    look: "panel",
    isDone: isSwitched,
    perform: ({ view, send }) => view.question && send({ kind: "confirm", shown: view.question }),
  },
];

/** Returns the position of the first step that is not done; as many as there are when the story is over. */
export function position(facts: Facts): number {
  const done = STEPS.map((step) => step.isDone(facts));
  const at = STEPS.findIndex((step, index) => !(done[index] || (step.isPassed && done.indexOf(true, index) >= 0)));
  return at < 0 ? STEPS.length : at;
}

/** Whether the panel is at work, so that the next step would come too early. */
export function isBusy({ view }: Facts): boolean {
  return (
    view.authentik.kind === "reading" ||
    view.mailcow.kind === "reading" ||
    view.run.kind === "planning" ||
    view.run.kind === "running" ||
    view.check.kind === "checking" ||
    view.work.task !== undefined ||
    view.readiness.kind === "reading" ||
    (view.readiness.kind === "done" &&
      (view.readiness.people.kind === "reading" || view.readiness.switching !== undefined)) ||
    view.question?.isReady === false
  );
}
