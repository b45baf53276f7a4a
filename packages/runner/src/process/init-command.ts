import { constants } from "node:os";
import { initScript } from "./init-script.js";
import { forwardedSignals } from "./on-signals.js";

/** The shell that becomes PID 1. */
export const INIT_SHELL = "/bin/sh";

/** `argv` of that shell: our script, and as its arguments the command line this Node process was started with. */
export function initCommand(): string[] {
  // As PID 1, SIGTSTP does nothing: nobody above could continue us. So it does not get past our init.
  const numbers = forwardedSignals()
    .filter((signal) => signal !== "SIGTSTP")
    .map((signal) => constants.signals[signal]);
  const node = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return ["sh", "-c", initScript(numbers), "sluice-init", ...node];
}
