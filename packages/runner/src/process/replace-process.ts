import { SluiceError } from "@sluice/core";
import { restoreStdioModes, type StdioModes } from "./stdio-modes.js";

/**
 * Node ignores these two, and what is ignored stays so across execve(2); what is handled becomes default.
 * The handlers stay when execve fails: without them a broken pipe would kill us.
 */
const IGNORED_BY_NODE = ["SIGPIPE", "SIGXFSZ"] as const;

/** Whether this platform can replace a process: all but Windows. */
export function canExec(): boolean {
  return process.execve !== undefined;
}

/**
 * execve(2), with stdio as it was at `start`. Exit handlers do not run. All of it has to be checked
 * before: Node 22 and 24 abort (exit 134, a core dump) when execve fails.
 *
 * Throws `SLU4002` when this platform has no execve, and on Node 26 when it fails.
 */
export function replaceProcess(
  file: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  start: StdioModes,
): never {
  restoreStdioModes(start);
  for (const signal of IGNORED_BY_NODE) process.on(signal, doNothing);
  try {
    process.execve?.(file, argv, env);
  } catch (cause) {
    throw failure(`${JSON.stringify(file)} could not be executed`, "See the cause", cause);
  }
  throw failure("This platform cannot replace a process", "Supervise the command instead");
}

function doNothing(): void {}

function failure(problem: string, remedy: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "SLU4002", kind: "not-executable", problem, remedy, cause });
}
