/** A panic of the core: a trap of WebAssembly. The core cannot be used afterwards. */

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
