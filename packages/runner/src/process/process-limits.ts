import { readFileSync } from "node:fs";

/** A soft and a hard limit, `Infinity` for "unlimited". */
export interface ProcessLimit {
  readonly soft: number;
  readonly hard: number;
}

/**
 * The limit on line `name` of /proc/PID/limits, for example "Max open files", of process `pid`.
 * `undefined` where the system does not tell: no /proc, no such process, another PID namespace.
 */
export function readProcessLimit(pid: number | "self", name: string): ProcessLimit | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/limits`, "utf8");
  } catch {
    return undefined;
  }
  return parseProcessLimit(text, name);
}

/** The limit on line `name` of `text`, the content of a /proc/PID/limits. */
export function parseProcessLimit(text: string, name: string): ProcessLimit | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${name}  `));
  const [soft, hard] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: amount(soft), hard: amount(hard) };
}

function amount(text: string): number {
  return text === "unlimited" ? Infinity : Number(text);
}
