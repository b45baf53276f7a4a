import { statSync } from "node:fs";
import { win32 } from "node:path";
import { SluiceError } from "@sluice/core";
import type { Command } from "./command.js";
import type { Launch } from "./launch.js";

/** What Windows itself takes when PATHEXT is not set, less the script hosts. */
const DEFAULT_PATHEXT = ".COM;.EXE;.BAT;.CMD";

/** An argument that means the same to cmd.exe, to a batch file's `%*` and to the program behind it. */
const SAFE_ARGUMENT = /^[\w .,:;=@+~/\\-]*$/;

/** The path of a batch file passes cmd.exe only once, in quotes. */
const SAFE_PATH = /^[^"%!\r\n]*$/;

/**
 * How to start `command` on Windows. Untested on a real Windows. Batch files (`npm.cmd` and the like) need
 * cmd.exe, which no quoting makes safe for every argument (CVE-2024-24576): those it could misread are
 * refused. The working directory is searched only for a command with a slash, as in PowerShell.
 *
 * Throws `SLU4001` when there is no such program, `SLU4002` when it is a batch file and an argument
 * cannot be passed to it.
 */
export function windowsLaunch(command: Command, isFile: (file: string) => boolean = exists): Launch {
  const variable = (name: string): string | undefined =>
    Object.entries(command.env).find(([key]) => key.toUpperCase() === name)?.[1];
  const path = command.path ?? variable("PATH") ?? "";
  const file = windowsCandidates(command.command, path, variable("PATHEXT") ?? DEFAULT_PATHEXT).find(isFile);
  if (file === undefined) throw notFound(command.command);
  const plain = { file, argv0: command.command, args: command.args, env: command.env, verbatim: false };
  if (!/\.(?:bat|cmd)$/i.test(file)) return plain;
  const shell = variable("COMSPEC") ?? "cmd.exe";
  return {
    ...plain,
    file: shell,
    argv0: shell,
    args: ["/d", "/s", "/c", batchLine(file, command.args)],
    verbatim: true,
  };
}

/** Files `command` could mean, in order: its own name first if it has an extension, then with each of PATHEXT. */
function windowsCandidates(command: string, path: string, pathExt: string): string[] {
  const directories = /[\\/:]/.test(command) ? [""] : path.split(";").filter((entry) => entry !== "");
  const extensions = pathExt.split(";").filter((entry) => entry !== "");
  if (win32.extname(command) !== "") extensions.unshift("");
  return directories.flatMap((directory) =>
    extensions.map((extension) => win32.join(directory, command + extension)),
  );
}

function batchLine(file: string, args: readonly string[]): string {
  if (!SAFE_PATH.test(file)) throw unsafe(file, "its path");
  const index = args.findIndex((arg) => !SAFE_ARGUMENT.test(arg));
  if (index >= 0) throw unsafe(file, `argument ${index + 1}`);
  // With /s, cmd.exe takes off the outer quotes and leaves the rest. A backslash before a quote is doubled,
  // or the program behind the batch file would read \" as a quote of its own.
  return `"${[file, ...args].map((text) => `"${text.replace(/\\+$/, "$&$&")}"`).join(" ")}"`;
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function notFound(command: string): SluiceError {
  return new SluiceError({
    code: "SLU4001",
    kind: "command-not-found",
    problem: `The command ${JSON.stringify(command)} was not found`,
    remedy: "Check its spelling and that it is installed, or give its full path",
  });
}

function unsafe(file: string, what: string): SluiceError {
  return new SluiceError({
    code: "SLU4002",
    kind: "not-executable",
    problem: `${JSON.stringify(file)} is a batch file, and ${what} has characters that cmd.exe may misread`,
    remedy: "Start the program behind the batch file, for example: node SCRIPT",
  });
}
