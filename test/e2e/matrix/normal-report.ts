import { readdir, readFile, readlink } from "node:fs/promises";

/** A probe's report with its variables sorted: the launcher may put the ones it sets last. */
export function normalReport(report: string): string[] {
  const lines = report.trimEnd().split("\n");
  const variables = lines.filter((line) => line.startsWith("variable "));
  return [...lines.filter((line) => !line.startsWith("variable ")), ...variables.sort()];
}

// What the kernel counts anew for each process, or what holds for a moment only.
const COUNTED =
  /^(Tgid|Ngid|Pid|PPid|NS[a-z]+|Vm\w+|Rss\w+|HugetlbPages|\w*ctxt_switches|SigQ|x86_Thread_features\w*):/;

/** What `/proc/PID` says of a process, but for what is counted anew for each. */
export async function procReport(pid: number): Promise<Record<string, readonly string[]>> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8");
  const fds = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(fds.map(async (fd) => [fd, await readlink(`/proc/${pid}/fd/${fd}`)]));
  return {
    status: (await read("status")).split("\n").filter((line) => !COUNTED.test(line)),
    environ: (await read("environ")).split("\0").sort(),
    cmdline: (await read("cmdline")).split("\0"),
    limits: (await read("limits")).split("\n"),
    fd: links.map(([fd, link]) => `${fd} ${link?.replace(/\[\d+\]/, "[…]")}`),
  };
}

/** Whether a process waits for something, which it does a moment after it has said so. */
export async function sleeps(pid: number): Promise<boolean> {
  return /^State:\s+S/m.test(await readFile(`/proc/${pid}/status`, "utf8"));
}
