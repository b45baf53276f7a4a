import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { SluiceError } from "@sluice/core";
import type { Launch } from "./launch.js";

/** How a command ended: its exit code, or 128 plus the number of the signal that ended it, as in a shell. */
export interface ExitStatus {
  readonly code: number;
}

/** How often to look whether a process group is empty, in milliseconds; nothing tells. */
const POLL_MS = 20;

/** One run of a program with all it starts: a process group, and on POSIX systems a session, of its own. */
export class ChildGroup {
  /** Settles when the program itself has ended; rejects with `SLU4002` when it could not be started. */
  readonly exited: Promise<ExitStatus>;
  #leader: ChildProcess | undefined;

  constructor(launch: Launch) {
    const ended = new Promise<ExitStatus>((resolve, reject) => {
      this.#leader = start(launch);
      this.#leader.once("exit", (code, signal) => resolve({ code: exitCode(code, signal) }));
      this.#leader.once("error", reject);
    });
    this.exited = ended.catch((cause: unknown) => {
      throw notStarted(launch, cause);
    });
  }

  /** Process id of the program, which is that of its group too. */
  get pid(): number | undefined {
    return this.#leader?.pid;
  }

  /** Sends `signal` to the group. `false` when nobody got it: all have ended, or belong to another user. */
  send(signal: NodeJS.Signals | 0): boolean {
    const pid = this.pid;
    if (pid === undefined) return false;
    try {
      return process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      return false;
    }
  }

  /**
   * SIGTERM, and SIGKILL after `gracePeriodMs` unless `spared` says otherwise by then. Resolves when the
   * program has ended and its group is empty, as far as SIGKILL can see to it.
   */
  async stop(gracePeriodMs: number, spared: () => boolean): Promise<void> {
    const deadline = performance.now() + gracePeriodMs;
    this.send("SIGTERM");
    while (!spared() && this.send(0)) {
      if (performance.now() >= deadline) {
        this.send("SIGKILL");
        break;
      }
      await setTimeout(POLL_MS);
    }
    await this.exited;
  }
}

function start(launch: Launch): ChildProcess {
  return spawn(launch.file, launch.args, {
    argv0: launch.argv0,
    // Node adds its own NODE_V8_COVERAGE to an environment that does not name it.
    env: { NODE_V8_COVERAGE: undefined, ...launch.env },
    stdio: "inherit",
    detached: process.platform !== "win32",
    windowsVerbatimArguments: launch.verbatim,
  });
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function notStarted(launch: Launch, cause: unknown): SluiceError {
  return new SluiceError({
    code: "SLU4002",
    kind: "not-executable",
    problem: `${JSON.stringify(launch.file)} could not be started`,
    remedy: "See the cause; the limits of processes and memory are the usual ones",
    cause,
  });
}
