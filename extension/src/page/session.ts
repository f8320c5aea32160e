/** One connection to the panel: carries out its messages, and removes all traces from the page when the port closes. */

import type { Port } from "../ext";
import type { Ending, ToPage, ToPanel } from "../protocol";
import { run } from "./batch";
import { Marks } from "./form/marks";
import { read } from "./form/read";
import { perform } from "./form/script";
import { watch } from "./form/watch";

/** Serves a port until it closes. */
export function serve(port: Port): void {
  const closed = new AbortController();
  const cancels = new Map<number, AbortController>();
  const marks = new Marks();
  let watching = new AbortController();

  const say = (message: ToPanel): void => {
    if (!closed.signal.aborted) port.postMessage(message);
  };

  port.onDisconnect.addListener(() => {
    closed.abort();
    watching.abort();
    marks.remove();
  });

  port.onMessage.addListener((message: ToPage) => {
    void carryOut(message).catch(() => {
      if ("id" in message) say({ kind: "failed", id: message.id });
    });
  });

  /** Carries out a command. Rejects if it cannot be: then the panel is told so, because it waits. */
  async function carryOut(message: ToPage): Promise<void> {
    switch (message.kind) {
      case "page":
        return say({ kind: "page", id: message.id, url: location.href, language: document.documentElement.lang });
      case "send":
        return send(message);
      case "cancel":
        return cancels.get(message.batch)?.abort();
      case "fill":
        return say({ kind: "filled", id: message.id, end: await perform(message.script, message.end) });
      case "read":
        return say({ kind: "form", id: message.id, state: read(message.query) });
      case "watch":
        watching.abort();
        watching = new AbortController();
        return watch(message.query, (state, settled) => say({ kind: "changed", state, settled }), watching.signal);
      case "mark":
        return marks.show(message.marks);
    }
  }

  async function send(message: Extract<ToPage, { kind: "send" }>): Promise<void> {
    const { batch } = message;
    const cancel = new AbortController();
    cancels.set(batch, cancel);
    await run(message, AbortSignal.any([cancel.signal, closed.signal]), (endings) => answer(batch, endings));
    cancels.delete(batch);
  }

  function answer(batch: number, endings: Ending[]): void {
    try {
      say({ kind: "answers", batch, endings });
    } catch {
      // The browser limits the length of a message, and a quote or line break counts twice.
      if (endings.length > 1) for (const ending of endings) answer(batch, [ending]);
      else say({ kind: "answers", batch, endings: endings.map(([index]) => [index, { error: "too_large" }]) });
    }
  }
}
