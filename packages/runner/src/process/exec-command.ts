import type { Command } from "./command.js";
import { prepareLaunch } from "./prepare-launch.js";
import { replaceProcess } from "./replace-process.js";
import { restoreFileLimit } from "./restore-file-limit.js";
import type { StdioModes } from "./stdio-modes.js";

/**
 * Becomes the command, as if it had been started directly: same process id, and nothing of Sluice left.
 * Everything that can fail is checked before. `start` is what `readStdioModes()` said at start-up;
 * without it, descriptors 0 to 2 are made blocking.
 *
 * What still differs from a direct start, because Node changes it before any of our code runs:
 * - signals that were ignored (nohup's SIGHUP) are back to their default;
 * - descriptors from 3 to the first unused one above 15 are closed, and a closed one of 0 to 2 is
 *   /dev/null; hence systemd's socket activation is refused;
 * - a terminal that was used through `process` is a second opening of the same device;
 * - the soft limit of open files stays raised where {@link restoreFileLimit} cannot tell or set it;
 * - bytes of the environment and arguments that are not UTF-8 were replaced when Node read them.
 *
 * Throws `SLU4001` (not found), `SLU4002` (not executable), `SLU4003` (environment not valid).
 */
export function execCommand(command: Command, start: StdioModes = []): never {
  const launch = prepareLaunch(command);
  restoreFileLimit();
  replaceProcess(launch.file, [launch.argv0, ...launch.args], launch.env, start);
}
