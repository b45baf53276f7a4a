import { readFileSync } from "node:fs";
import { initCommand } from "./init-command.js";
import { parseEnvironment } from "./parse-environment.js";

/**
 * The environment this process was meant to start with. Below our own init (see {@link becomeInit}) that
 * is PID 1's, since a shell drops variables whose names are not identifiers, such as `my.var`, and adds
 * PWD; else it is a copy of `process.env`.
 */
export function initialEnvironment(): Record<string, string> {
  if (isBelowInit()) return parseEnvironment(readFileSync("/proc/1/environ", "utf8"));
  // A variable that is undefined cannot be in process.env, whatever its type says.
  return { ...process.env } as Record<string, string>;
}

/** Told from the command line of PID 1 alone, so nothing has to be passed that could leak to the command. */
function isBelowInit(): boolean {
  if (process.ppid !== 1) return false;
  try {
    return (
      readFileSync("/proc/1/cmdline", "utf8") ===
      initCommand()
        .map((arg) => `${arg}\0`)
        .join("")
    );
  } catch {
    return false; // no /proc, so becomeInit() did not do it either
  }
}
