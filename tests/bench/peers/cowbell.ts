/** Cowbell, as an administrator uses it. */

import { text } from "../../e2e/harness/messages.ts";
import { applied, planned } from "../whole.ts";
import type { Peer } from "./peer.ts";

export const cowbell: Peer = async ({ stage }, ready) => {
  const { tab, panel } = await planned(stage);
  await ready();
  await applied({ tab, panel });
  const words = await panel.text();
  if (words.includes(text("done_all"))) return "";
  return [text("done_some"), text("done_stopped")].find((part) => words.includes(part)) ?? words;
};
