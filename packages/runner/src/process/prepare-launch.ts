import { checkExecBlock } from "./check-exec-block.js";
import type { Command } from "./command.js";
import { findCommand } from "./find-command.js";
import type { Launch } from "./launch.js";
import { refuseSocketActivation } from "./refuse-socket-activation.js";
import { windowsLaunch } from "./windows-launch.js";

/**
 * Finds the program of `command` and checks everything that would make starting it fail. Throws `SLU4001`
 * (not found), `SLU4002` (not executable) or `SLU4003` (environment not valid).
 */
export function prepareLaunch(command: Command): Launch {
  checkExecBlock([command.command, ...command.args], command.env);
  refuseSocketActivation(command.env);
  if (process.platform === "win32") return windowsLaunch(command);
  const file = findCommand(command.command, command.path ?? command.env["PATH"]);
  return { file, argv0: command.command, args: command.args, env: command.env, verbatim: false };
}
