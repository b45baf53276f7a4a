import { statSync } from "node:fs";
import { SluiceError } from "@sluice/core";
import { checkExecutable } from "./check-executable.js";
import { isExecutableFile } from "./is-executable-file.js";

/** Where musl's execvp(3) looks when there is no `PATH`; glibc looks in the last two. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

/**
 * The file that execvp(3) would start for `command`, checked so that execve(2) will take it. A command
 * with a slash is a path; an empty entry of `path` is the working directory; directories and files
 * without execute permission are passed over.
 *
 * Throws `SLU4001` when nothing has that name, `SLU4002` when what has it cannot be executed.
 */
export function findCommand(command: string, path: string = DEFAULT_PATH): string {
  let denied: string | undefined;
  for (const file of candidates(command, path)) {
    const found = lookAt(file);
    if (found === "executable") {
      checkExecutable(file);
      return file;
    }
    // A directory of PATH that is closed to us holds nothing for us, as for bash; execvp(3) calls it denied.
    if (found === "denied" || (found === "unreachable" && command.includes("/"))) denied ??= file;
  }
  throw denied === undefined ? notFound(command) : notExecutable(denied);
}

function candidates(command: string, path: string): string[] {
  if (command === "") return [];
  if (command.includes("/")) return [command];
  return path.split(":").map((directory) => (directory === "" ? command : `${directory}/${command}`));
}

function lookAt(file: string): "executable" | "denied" | "unreachable" | "absent" {
  if (isExecutableFile(file)) return "executable";
  try {
    statSync(file);
    return "denied";
  } catch (error) {
    // Whatever else keeps a file from being looked at (ENOTDIR, ELOOP, ENAMETOOLONG) means it is not there.
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "unreachable" : "absent";
  }
}

function notFound(command: string): SluiceError {
  return new SluiceError({
    code: "SLU4001",
    kind: "command-not-found",
    problem: `The command ${JSON.stringify(command)} was not found`,
    remedy: command.includes("/")
      ? "Check the path; a relative one starts from the working directory"
      : "Check its spelling and that it is installed, add its directory to PATH, or give its full path",
  });
}

function notExecutable(file: string): SluiceError {
  return new SluiceError({
    code: "SLU4002",
    kind: "not-executable",
    problem: `${JSON.stringify(file)} may not be executed: it is a directory, or permission is missing`,
    remedy: "Name the program itself, and make it executable for this user: chmod +x FILE",
  });
}
