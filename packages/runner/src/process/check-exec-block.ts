import { SluiceError } from "@sluice/core";
import { readProcessLimit } from "./process-limits.js";

/** What the kernel lets arguments and environment take, in bytes. */
export interface ExecLimits {
  /** One argument or `NAME=value`, with its end mark. */
  readonly string: number;
  /** All of them, with a pointer each. */
  readonly total: number;
}

const KIB = 1024;

/** MAX_ARG_STRLEN with pages of 4 KiB, the smallest there are; Linux include/uapi/linux/binfmts.h. */
const LINUX_STRING = 128 * KIB;

/** The file name, `#!` lines and what the kernel itself puts there come on top. */
const RESERVE = 4 * KIB;

/**
 * Limits of this system. Linux: a quarter of the soft stack limit, at least 128 KiB and at most 6 MiB
 * (bprm_stack_limits() in fs/exec.c). macOS: 1 MiB (ARG_MAX). Unknown systems: none.
 */
export function execLimits(platform: NodeJS.Platform, stack: number | undefined): ExecLimits {
  if (platform === "linux") {
    const total = Math.max(128 * KIB, Math.min(6 * KIB * KIB, (stack ?? Infinity) / 4));
    return { string: LINUX_STRING, total: total - RESERVE };
  }
  return { string: Infinity, total: platform === "darwin" ? KIB * KIB - RESERVE : Infinity };
}

/**
 * Throws `SLU4003` when execve(2) would refuse these arguments and this environment, or would cut a
 * string short: NUL bytes, a name that is empty or has `=`, too many bytes (E2BIG). Names variables,
 * never a value.
 */
export function checkExecBlock(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limits: ExecLimits = execLimits(process.platform, readProcessLimit("self", "Max stack size")?.soft),
): void {
  const strings = [
    ...args.map((value, index) => ({ what: `Argument ${index}`, text: value })),
    ...Object.entries(env).map(([name, value]) => ({ what: variable(name), text: `${name}=${value}` })),
  ];
  let total = 0;
  let largest = { what: "", size: 0 };
  for (const { what, text } of strings) {
    if (text.includes("\0"))
      throw invalid(`${what} contains a NUL byte`, "Remove it, or deliver a file instead");
    const size = Buffer.byteLength(text) + 1;
    if (size > limits.string)
      throw invalid(`${what} takes ${size} bytes, more than ${limits.string}`, DELIVER);
    if (size > largest.size) largest = { what, size };
    total += size + 8;
  }
  if (total > limits.total) {
    const most = `${largest.what} alone ${largest.size}`;
    throw invalid(
      `Arguments and environment take ${total} bytes, more than ${limits.total}; ${most}`,
      DELIVER,
    );
  }
}

const DELIVER = "The kernel allows no more: deliver large values as files, or fewer of them";

function variable(name: string): string {
  if (name === "" || name.includes("=")) {
    throw invalid(`${JSON.stringify(name)} cannot be the name of a variable`, 'Give it a name without "="');
  }
  return `Variable ${JSON.stringify(name)}`;
}

function invalid(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU4003", kind: "configuration", problem, remedy });
}
