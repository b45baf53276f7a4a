import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startSluice } from "../../support/sluice.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import type { Workspace } from "../../support/workspace.js";

/** A `sluice sidecar` that runs. */
export interface SidecarProcess {
  readonly child: ChildProcess;
  /** Lines of its log so far, read. */
  readonly log: () => readonly Readonly<Record<string, unknown>>[];
  /** All it has said on both streams. */
  readonly said: () => string;
  /** Waits until every file is written. */
  ready(): Promise<void>;
  /** Asks it to stop, or kills it, and waits for its end; its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts one in a workspace that has `sluice.yaml` and `files.yaml`; its state is in `state/`. */
export function startSidecar(
  workspace: Workspace,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): SidecarProcess {
  const child = startSluice(["sidecar", "--file", "files.yaml", "--state", "state", ...args], {
    cwd: workspace.path,
    env,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const said = (): string => stdout + stderr;
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const lines = (): string[] => stdout.split("\n").slice(0, -1);
  return {
    child,
    said,
    log: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
    ready: async () =>
      waitUntil("the sidecar is ready", () => {
        if (hasEnded()) throw new Error(`It ended with ${child.exitCode}: ${said()}`);
        return existsSync(join(workspace.path, "state/ready")) && stdout.includes("every file is written");
      }),
    stop: async (signal = "SIGTERM") => {
      const ended = hasEnded() ? undefined : once(child, "close");
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}
