import { readdir, readFile, stat } from "node:fs/promises";
import type { NotifySignal } from "@sluice/core/plan";
import { thrownName } from "@sluice/core";
import { final, type NotTold, passing } from "./notify-outcome.js";

/**
 * Signals every process of our own user that has the name, but not ourselves.
 *
 * @param proc - Where processes are looked up; `/proc` by default.
 */
export async function signalProcesses(
  { signal, process: name }: Pick<NotifySignal, "signal" | "process">,
  proc = "/proc",
): Promise<NotTold | undefined> {
  const found = await processesNamed(name, proc);
  if (found.length === 0) return passing(`no process of the same user is called ${JSON.stringify(name)}`);
  const refused = found.map((pid) => sendSignal(pid, signal)).filter((code) => code !== undefined);
  // One that ended meanwhile needs to be told of nothing.
  return refused.some((code) => code !== "ESRCH") ? final("the system refuses to signal it") : undefined;
}

async function processesNamed(name: string, proc: string): Promise<number[]> {
  const entries = (await readdir(proc)).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(
    entries.map(async (pid) => {
      try {
        const [comm, { uid }] = await Promise.all([
          readFile(`${proc}/${pid}/comm`, "utf8"),
          stat(`${proc}/${pid}`),
        ]);
        return comm.trimEnd() === name && uid === process.getuid?.() && pid !== process.pid ? [pid] : [];
      } catch (thrown) {
        // It ended while we looked.
        if (["ENOENT", "ESRCH", "EACCES"].includes(thrownName(thrown))) return [];
        throw thrown;
      }
    }),
  );
  return found.flat();
}

function sendSignal(pid: number, signal: string): string | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (thrown) {
    return thrownName(thrown);
  }
}
