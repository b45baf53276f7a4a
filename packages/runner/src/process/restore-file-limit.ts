import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type ProcessLimit, readProcessLimit } from "./process-limits.js";

const PRLIMIT = ["/usr/bin/prlimit", "/bin/prlimit"];

/**
 * Undoes what Node does at its start: it raises the soft limit of open files to the hard one. The
 * original is taken from the parent and set with prlimit of util-linux. Programs that still use
 * select(2), or walk all possible descriptors, depend on a low soft limit.
 *
 * Left raised where the original is unknown (macOS, PID 1, a parent such as systemd whose hard limit
 * differs from ours) or there is no prlimit (Alpine without util-linux-misc). Wrong in one case: a shell
 * that raised only its soft limit and then exec'ed Sluice has a parent with a lower one.
 */
export function restoreFileLimit(): void {
  const soft = originalFileLimit(
    readProcessLimit("self", "Max open files"),
    readProcessLimit(process.ppid, "Max open files"),
  );
  const prlimit = soft === undefined ? undefined : PRLIMIT.find((file) => existsSync(file));
  if (prlimit === undefined) return;
  spawnSync(prlimit, [`--nofile=${soft}:`, "--pid", String(process.pid)], { env: {}, stdio: "ignore" });
}

/** The soft limit this process was started with, when that can be told and differs from the present one. */
export function originalFileLimit(
  own: ProcessLimit | undefined,
  parent: ProcessLimit | undefined,
): number | undefined {
  if (own === undefined || parent === undefined) return undefined;
  return parent.hard === own.hard && parent.soft < own.soft ? parent.soft : undefined;
}
