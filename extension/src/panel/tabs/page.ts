/** A connection to the script in one loaded page. It ends with the page and is never reopened. */

import { connect, inject, look, type Port } from "../../ext";
import type { Mark } from "../../form";
import { PORT, type ToPage, type ToPanel } from "../../protocol";
import type { Batch, FormQuery, FormState, Script, ScriptEnd } from "cowbell-core";
import { type OnAnswer, Requests } from "./requests";

type Reply = Extract<ToPanel, { id: number }>;

/** The page was unloaded before it replied. */
export class PageGone extends Error {
  override readonly name = "PageGone";
}

/** The page did not reply in time, or could not carry out the command. */
export class PageSilent extends Error {
  override readonly name = "PageSilent";
}

/** Milliseconds for a reply: reading takes some, and a page that is being shown keeps its script waiting. */
const REPLY_MS = 10_000;

/** Milliseconds for a fill script, whose steps wait for the page three seconds each. */
const FILL_MS = 20_000;

/** Milliseconds until the script is in the page: the browser waits for a document that is still arriving. */
const INJECT_MS = 30_000;

export class Page {
  /** The page's address when the port was opened. */
  readonly url: string;
  /** The language that its document is in, as it says itself; empty if it does not say. */
  readonly language: string;
  /** Resolves when the page is gone. */
  readonly gone: Promise<void>;
  /** Called when the user changes the watched form. */
  onChanged: (state: FormState, settled: boolean) => void = () => undefined;

  readonly #connection: Connection;

  private constructor(connection: Connection, url: string, language: string) {
    this.#connection = connection;
    this.url = url;
    this.language = language;
    this.gone = connection.gone;
    connection.onChanged = (state, settled) => this.onChanged(state, settled);
  }

  /**
   * Injects the script into the tab's page and connects to it. Rejects without access to the tab, if the page is unloaded meanwhile,
   * or if it is of another origin than the browser shows in that tab.
   */
  static async open(tabId: number): Promise<Page> {
    await within(inject(tabId), INJECT_MS);
    const connection = new Connection(connect(tabId, PORT));
    try {
      const { url, language } = await connection.ask("page", (id) => ({ kind: "page", id }));
      // What a page says of itself is no ground for giving it a request.
      if (originOf((await look(tabId))?.url) !== originOf(url)) throw new PageGone();
      return new Page(connection, url, language);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Sends a batch from the page; resolves when every request has ended. */
  send(batch: Batch, onAnswer: OnAnswer): Promise<void> {
    return this.#connection.requests.send(batch, onAnswer);
  }

  /** Cancels every pending batch. */
  cancel(): void {
    this.#connection.requests.cancel();
  }

  /** Runs the steps of a fill script in order. */
  async fill(script: Script): Promise<ScriptEnd> {
    const end = Date.now() + FILL_MS;
    return (await this.#connection.ask("filled", (id) => ({ kind: "fill", id, script, end }), FILL_MS)).end;
  }

  /** Reads the current state of a form. */
  async read(query: FormQuery): Promise<FormState> {
    return (await this.#connection.ask("form", (id) => ({ kind: "read", id, query }))).state;
  }

  /** Starts reporting the form to `onChanged`, immediately and whenever the user changes it. */
  watch(query: FormQuery): void {
    this.#connection.post({ kind: "watch", query });
  }

  /** Replaces the marks beside the fields. */
  mark(marks: Mark[]): void {
    this.#connection.post({ kind: "mark", marks });
  }

  /** Closes the port; the page then removes its marks. */
  close(): void {
    this.#connection.close();
  }

  /** Closes the port because the panel goes away: nothing that is pending is reported any more. */
  leave(): void {
    this.#connection.leave();
  }
}

/** The port, with replies matched to their requests. */
class Connection {
  readonly requests = new Requests((message) => this.post(message));
  readonly gone: Promise<void>;
  onChanged: (state: FormState, settled: boolean) => void = () => undefined;

  readonly #port: Port;
  readonly #asked = new Map<number, { resolve: (reply: Reply) => void; reject: (reason: Error) => void }>();
  #last = 0;
  #end: () => void = () => undefined;
  #ended = false;

  constructor(port: Port) {
    this.#port = port;
    this.gone = new Promise((resolve) => {
      this.#end = resolve;
    });
    port.onMessage.addListener((message: ToPanel) => this.#receive(message));
    port.onDisconnect.addListener(() => this.#over());
  }

  post(message: ToPage): void {
    if (this.#ended) this.requests.abandon();
    else this.#port.postMessage(message);
  }

  /** Sends a command and resolves to its reply. Rejects if the page is gone, fails, or does not reply in time. */
  ask<K extends Reply["kind"]>(
    kind: K,
    question: (id: number) => ToPage,
    limitMs = REPLY_MS,
  ): Promise<Extract<Reply, { kind: K }>> {
    const id = ++this.#last;
    const isAnswer = (reply: Reply): reply is Extract<Reply, { kind: K }> => reply.kind === kind;
    const replied = new Promise<Extract<Reply, { kind: K }>>((resolve, reject) => {
      if (this.#ended) {
        reject(new PageGone());
        return;
      }
      this.#asked.set(id, {
        resolve: (reply) => (isAnswer(reply) ? resolve(reply) : reject(new PageSilent())),
        reject,
      });
      this.post(question(id));
    });
    return within(replied, limitMs).finally(() => this.#asked.delete(id));
  }

  close(): void {
    this.#port.disconnect();
    this.#over();
  }

  leave(): void {
    this.#ended = true;
    this.#asked.clear();
    this.requests.forget();
    this.#port.disconnect();
  }

  #receive(message: ToPanel): void {
    // What is under way still arrives after a port is closed.
    if (this.#ended) return;
    switch (message.kind) {
      case "answers":
        this.requests.answer(message.batch, message.endings);
        break;
      case "changed":
        this.onChanged(message.state, message.settled);
        break;
      default:
        this.#asked.get(message.id)?.resolve(message);
        this.#asked.delete(message.id);
    }
  }

  #over(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { reject } of this.#asked.values()) reject(new PageGone());
    this.#asked.clear();
    this.requests.abandon();
    this.#end();
  }
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}

/** Rejects if a promise takes longer. */
function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new PageSilent()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
