import { constants } from "node:os";

/** Not to be caught, about our own children, or raised by the kernel for what this process itself did. */
const OWN: ReadonlySet<number> = new Set(
  "SIGKILL SIGSTOP SIGCHLD SIGABRT SIGBUS SIGFPE SIGILL SIGSEGV SIGSYS SIGTRAP SIGPIPE SIGXCPU SIGXFSZ"
    .split(" ")
    .map((name) => constants.signals[name as NodeJS.Signals]),
);

/**
 * The signals a supervisor passes on: all that Node can catch, each number under one name. Real-time
 * signals are not among them, Node has no names for those.
 */
export function forwardedSignals(): NodeJS.Signals[] {
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  const byNumber = new Map(names.map((name) => [constants.signals[name], name]));
  return [...byNumber].filter(([number]) => !OWN.has(number)).map(([, name]) => name);
}

/** Calls `receive` for every signal this process gets, instead of its default action; returns how to stop. */
export function onSignals(receive: (signal: NodeJS.Signals) => void): () => void {
  const signals = forwardedSignals();
  for (const signal of signals) process.on(signal, receive);
  return () => {
    for (const signal of signals) process.off(signal, receive);
  };
}
