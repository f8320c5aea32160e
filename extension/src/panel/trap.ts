/** A panic of the core. It is a trap of WebAssembly, without words (docs/decisions/size.md), and nothing can be expected of the core afterwards. */

/** Calls `listener` when the core traps, in whatever it was doing. */
export function onTrap(listener: () => void): void {
  const look = (error: unknown): void => {
    if (isTrap(error)) listener();
  };
  addEventListener("error", ({ error }: ErrorEvent) => look(error));
  addEventListener("unhandledrejection", ({ reason }) => look(reason));
}

/** Whether an error is a trap. */
export function isTrap(error: unknown): error is WebAssembly.RuntimeError {
  return error instanceof WebAssembly.RuntimeError;
}
