import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command line, as its package's bin names it. */
const SLUICE: string = fileURLToPath(new URL("../../packages/cli/bin/sluice.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SluiceOptions {
  readonly cwd: string;
  /** Added to a small environment of PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly nodeArgs?: readonly string[];
  /** Another build's `packages/cli/bin/sluice.js`. */
  readonly bin?: string;
}

/** Runs `sluice ARGS…` to its end. */
export async function sluice(args: readonly string[], options: SluiceOptions): Promise<Finished> {
  return finished(startSluice(args, options), options.input);
}

export function startSluice(
  args: readonly string[],
  { cwd, env, nodeArgs = [], bin = SLUICE }: SluiceOptions,
): ChildProcess {
  return spawn(process.execPath, [...nodeArgs, bin, ...args], { cwd, env: environment(env) });
}

/** Runs a shell script that finds `$NODE` and `$SLUICE`. */
export async function shell(script: string, { cwd, env }: SluiceOptions): Promise<Finished> {
  return finished(
    spawn("/bin/sh", ["-c", script], { cwd, env: { ...environment(env), NODE: process.execPath, SLUICE } }),
  );
}

async function finished(child: ChildProcess, input?: string): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdin?.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/tmp", ...env };
}
