import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program to its end; rejects, with what it printed, when it fails. */
export async function runCommand(
  file: string,
  args: readonly string[],
  timeoutMs = 300_000,
): Promise<string> {
  const { stdout } = await execute(file, args, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
