/**
 * Handles a panic of the core, after which the core cannot be used any more. The core first reports its message (`onCorePanic`),
 * then WebAssembly traps, which the browser reports as an error without a useful message.
 */

/** The message of the core's panic. */
let message: string | undefined;

/** Stores the message of a panic until the trap follows. */
export function notePanic(words: string): void {
  message = words;
}

/**
 * Calls `listener` when the core panics, whatever it was doing, with what is known about it. This contains no data of the
 * products.
 */
export function onCorePanic(listener: (message: string) => void): void {
  const look = (error: unknown): void => {
    if (isPanic(error)) listener(message ?? error.message);
  };
  addEventListener("error", ({ error }: ErrorEvent) => look(error));
  addEventListener("unhandledrejection", ({ reason }) => look(reason));
}

/** Returns whether an error is a trap of WebAssembly. */
export function isPanic(error: unknown): error is WebAssembly.RuntimeError {
  return error instanceof WebAssembly.RuntimeError;
}
