/** Signals that end a process that does nothing about them, as far as people send them. */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** Until disposed: a signal aborts instead of ending the process, so that nothing is left half done. */
export interface SignalAbort extends Disposable {
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  readonly received: NodeJS.Signals | undefined;
}

/**
 * Installs the handlers. A process that is PID 1 needs them to hear these signals at all: the kernel
 * drops signals to it that it has no handler for.
 */
export function abortOnSignal(): SignalAbort {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    received ??= signal;
    controller.abort(new DOMException(`Received ${signal}`, "AbortError"));
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}
