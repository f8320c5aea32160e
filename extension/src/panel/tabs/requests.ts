/** The pending batches of a page: each response is passed on once, and every request gets one. */

import type { Batch, SendError, WireAnswer } from "cowbell-core";
import { type Ending, GRACE_MS, type ToPage } from "../../protocol";

/** Receives the response to the request at that position in its batch. */
export type OnAnswer = (index: number, answer: WireAnswer) => void;

interface Running {
  open: Set<number>;
  timeoutMs: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  onAnswer: OnAnswer;
  done: () => void;
}

export class Requests {
  readonly #post: (message: ToPage) => void;
  readonly #running = new Map<number, Running>();
  #last = 0;

  constructor(post: (message: ToPage) => void) {
    this.#post = post;
  }

  /** Sends a batch; resolves when every request has ended. */
  send({ requests, concurrency, timeoutMs, haltOn }: Batch, onAnswer: OnAnswer): Promise<void> {
    return new Promise((done) => {
      const batch = ++this.#last;
      const running: Running = { open: new Set(requests.keys()), onAnswer, done, timeoutMs, timer: undefined };
      this.#running.set(batch, running);
      this.#await(batch, running);
      this.#post({ kind: "send", batch, at: Date.now(), requests, concurrency, timeoutMs, haltOn });
    });
  }

  /** Accepts responses from the page; the last one ends the batch. */
  answer(batch: number, answers: Ending[]): void {
    const running = this.#running.get(batch);
    if (!running) return;
    for (const [index, answer] of answers) if (running.open.delete(index)) running.onAnswer(index, answer);
    if (running.open.size === 0) this.#finish(batch, running);
    else this.#await(batch, running);
  }

  /** Tells the page to cancel everything that is pending. */
  cancel(): void {
    for (const batch of this.#running.keys()) this.#post({ kind: "cancel", batch });
  }

  /** Ends all batches, because the page that would respond is gone. */
  abandon(): void {
    for (const [batch, running] of this.#running) this.#giveUp(batch, running, "tab_gone");
  }

  /** Forgets all batches, because nobody waits for their end any more. */
  forget(): void {
    for (const { timer } of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }

  /** Waits for the next report of a batch: the page ends each request in time, unless it is frozen or busy. */
  #await(batch: number, running: Running): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      this.#post({ kind: "cancel", batch });
      this.#giveUp(batch, running, "timeout");
    }, running.timeoutMs + GRACE_MS);
  }

  #giveUp(batch: number, running: Running, error: SendError): void {
    for (const index of running.open) running.onAnswer(index, { error });
    this.#finish(batch, running);
  }

  #finish(batch: number, { done, timer }: Running): void {
    clearTimeout(timer);
    this.#running.delete(batch);
    done();
  }
}
