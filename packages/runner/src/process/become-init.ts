import { readlinkSync } from "node:fs";
import { checkExecBlock } from "./check-exec-block.js";
import { checkExecutable } from "./check-executable.js";
import { INIT_SHELL, initCommand } from "./init-command.js";
import { initialEnvironment } from "./initial-environment.js";
import { replaceProcess } from "./replace-process.js";
import type { StdioModes } from "./stdio-modes.js";

/**
 * Call first thing when going to supervise; `start` is as for `execCommand`. PID 1 is the parent of
 * every orphan and has to reap it, which Node cannot. So a process that is PID 1 becomes a shell script
 * that can, with the same Node command line as its child; this function does not return then. The child
 * finds the environment for its command with {@link initialEnvironment}.
 *
 * Returns `undefined` when this is not PID 1. When it is, and there is no shell or no /proc to do it
 * with, returns a warning for the user; all works then, but orphans stay zombies.
 */
export function becomeInit(start: StdioModes = []): string | undefined {
  if (process.pid !== 1) return undefined;
  try {
    if (readlinkSync("/proc/self") !== "1") throw new Error("/proc is that of another PID namespace");
    checkExecutable(INIT_SHELL);
    const argv = initCommand();
    const env = initialEnvironment();
    checkExecBlock(argv, env);
    replaceProcess(INIT_SHELL, argv, env, start);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `Orphaned processes are not reaped; run under an init, for example docker run --init (${why})`;
  }
}
