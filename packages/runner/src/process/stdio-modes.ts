import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether descriptors 0, 1 and 2 are non-blocking; `undefined` where that is not known. */
export type StdioModes = readonly (boolean | undefined)[];

const STDIO = [0, 1, 2] as const;

/** O_NONBLOCK in the octal flags of /proc/PID/fdinfo/FD, the same on every processor Node runs on. */
const O_NONBLOCK = 0o4000;

/**
 * Tells the present modes. Those this process was started with are gone as soon as a stream of `process`
 * is opened, which makes a pipe non-blocking; and merely importing `node:util` opens stderr. So call
 * this from an entry that imports this file alone and then loads the rest with `import()`.
 */
export function readStdioModes(): StdioModes {
  return STDIO.map((descriptor) => {
    try {
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
      return flags === undefined ? undefined : (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
    } catch {
      return undefined; // no /proc
    }
  });
}

/**
 * Clears O_NONBLOCK where it was not set at `start`, or where that is unknown: blocking is what programs
 * expect. The flag belongs to the pipe, not to the process, so it would outlive us, and the next program
 * would fail with EAGAIN.
 */
export function restoreStdioModes(start: StdioModes): void {
  const now = readStdioModes();
  const gained = STDIO.map((descriptor) => start[descriptor] !== true && now[descriptor] !== false);
  if (!gained.includes(true)) return;
  // Node has no fcntl and a stream that was closed has no handle left, but libuv clears the flag on every
  // descriptor 0 to 2 it passes to a child, before it execs. A directory cannot be executed: the child
  // ends there, with EACCES.
  spawnSync("/", { stdio: gained.map((yes) => (yes ? "inherit" : "ignore")) });
}
