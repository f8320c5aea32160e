/**
 * A panic of the core: nothing can be expected of the core afterwards. It says what happened (`onCorePanic`), then becomes a trap of
 * WebAssembly, which the browser reports as an error without a message of its own.
 */

/** What the core said of its panic. */
let message: string | undefined;

/** Keeps what the core says of its panic until the trap follows. */
export function notePanic(words: string): void {
  message = words;
}

/** Calls `listener` when the core traps, in whatever it was doing, with what can be told of it. It holds no data of the products. */
export function onCorePanic(listener: (message: string) => void): void {
  const look = (error: unknown): void => {
    if (isPanic(error)) listener(message ?? error.message);
  };
  addEventListener("error", ({ error }: ErrorEvent) => look(error));
  addEventListener("unhandledrejection", ({ reason }) => look(reason));
}

/** Whether an error is a trap. */
export function isPanic(error: unknown): error is WebAssembly.RuntimeError {
  return error instanceof WebAssembly.RuntimeError;
}
