import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";

const DRIVER = fileURLToPath(new URL("driver.mjs", import.meta.url));

export interface DriverOptions {
  readonly touch?: boolean;
  readonly forget?: boolean;
  readonly chatter?: boolean;
  readonly fill?: Readonly<Record<string, number>>;
  readonly set?: Readonly<Record<string, string>>;
  readonly gracePeriodMs?: number;
}

/** The command line that has the driver start `command`. */
export function driverLine(
  mode: "exec" | "supervise" | "init",
  command: readonly string[],
  options: DriverOptions = {},
): string[] {
  return [process.execPath, DRIVER, mode, JSON.stringify(options), ...command];
}

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Running {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  stdout = "";
  stderr = "";

  constructor(line: readonly string[], options: SpawnOptions = {}) {
    const [file = "", ...args] = line;
    this.child = spawn(file, args, options);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.result = once(this.child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("not started");
    return this.child.pid;
  }

  /** Waits until the output has `text`. */
  async prints(text: string): Promise<void> {
    await until(
      () => this.stdout.includes(text),
      () => `"${text}" in ${this.stdout} (${this.stderr})`,
    );
  }
}

/** Runs `line` to its end, with `input` as its stdin. */
export async function run(line: readonly string[], options: SpawnOptions = {}, input = ""): Promise<Result> {
  const running = new Running(line, options);
  // Even nothing is an error to write when the command has ended already; to end it never is.
  if (input === "") running.child.stdin?.end();
  else running.child.stdin?.end(input);
  return running.result;
}

/** Waits until `probe` gives something, at most 20 s. */
export async function until<T>(probe: () => T | undefined | false, what: () => string): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what()}`);
    await setTimeout(10);
  }
}

/** Children of process `pid`. */
export function childrenOf(pid: number): number[] {
  return readProc(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** A file of /proc/PID, empty when the process is gone. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Whether process `pid` runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(readProc(pid, "status"));
}
