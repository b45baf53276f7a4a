import type { Command } from "./command.js";
import { restoreFileLimit } from "./restore-file-limit.js";
import { SupervisedChild } from "./supervised-child.js";

export interface SuperviseOptions {
  /** Between SIGTERM and SIGKILL when restarting, in milliseconds. Default 10,000. */
  readonly gracePeriodMs?: number;
}

/**
 * Starts the command as our child and stays: for restarts with a new environment, and for Windows, where
 * nothing can be replaced. Every signal Node can catch goes on to the command's process group, none acts
 * on us; real-time signals have no name in Node and do act on us.
 *
 * What differs from a direct start: another process id; a session and process group of its own (POSIX),
 * so no controlling terminal: /dev/tty and job control inside the command do not work, Ctrl-C and Ctrl-Z
 * do, passed on by us; only descriptors 0 to 2 are inherited, always blocking; signals that were ignored
 * are back to their default. Windows, untested: only the command itself is ended by a restart, at once.
 *
 * What the command has left in its group goes on when it ends by itself: a daemon is meant to stay. If
 * Sluice is killed (SIGKILL, out of memory) the command goes on too; nothing can be done about that.
 *
 * Throws `SLU4001` (not found), `SLU4002` (not executable), `SLU4003` (environment not valid).
 */
export function superviseCommand(command: Command, options: SuperviseOptions = {}): SupervisedChild {
  restoreFileLimit();
  // Node makes a pipe non-blocking when it opens its stream. Open both now: starting a child makes them
  // blocking again, opening one later would make the command's own output fail with EAGAIN.
  void [process.stdout, process.stderr];
  const child = new SupervisedChild(command, options.gracePeriodMs ?? 10_000);
  child.start();
  return child;
}
