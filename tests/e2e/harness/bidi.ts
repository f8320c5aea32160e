/** WebDriver BiDi, the protocol between puppeteer and Firefox, for what puppeteer has no function for. */

import type { Browser, Page } from "puppeteer-core";

/** A browsing context, as defined by the protocol. */
export interface ContextInfo {
  context: string;
  url: string;
  parent: string | null;
  userContext: string;
  clientWindow: string;
  originalOpener: string | null;
  children: ContextInfo[] | null;
}

/** A node of a document, with the members that are used here. */
export interface RemoteNode {
  value?: {
    localName?: string;
    attributes?: Record<string, string>;
    children?: RemoteNode[];
    shadowRoot?: RemoteNode | null;
  };
}

type Evaluation<Value> = { type: "success"; result: Value } | { type: "exception"; exceptionDetails: { text: string } };

/** The commands that are used, each with its result. */
interface Answers {
  "browsingContext.getTree": { contexts: ContextInfo[] };
  "webExtension.install": { extension: string };
  "script.callFunction": Evaluation<{ value?: unknown }>;
  "script.evaluate": Evaluation<RemoteNode>;
}

interface Connection {
  send<Method extends keyof Answers>(method: Method, parameters: object): Promise<{ result: Answers[Method] }>;
  emit(event: string, parameters: object): void;
}

/** Sends a command. */
export async function send<Method extends keyof Answers>(
  browser: Browser,
  method: Method,
  parameters: object,
): Promise<Answers[Method]> {
  return (await connectionOf(browser).send(method, parameters)).result;
}

/** Tells puppeteer of a context as if Firefox had done so; the returned function tells it that the context is closed. */
export function announce(browser: Browser, context: ContextInfo): () => void {
  const connection = connectionOf(browser);
  connection.emit("browsingContext.contextCreated", context);
  return () => connection.emit("browsingContext.contextDestroyed", context);
}

/** Returns the protocol's identifier of a page. */
export function contextOf(page: Page): string {
  return (page.mainFrame() as unknown as { _id: string })._id;
}

/** Returns the result of a script. */
export function resultOf<Value>(evaluation: Evaluation<Value>): Value {
  if (evaluation.type === "exception") throw new Error(evaluation.exceptionDetails.text);
  return evaluation.result;
}

function connectionOf(browser: Browser): Connection {
  return (browser as unknown as { connection: Connection }).connection;
}
