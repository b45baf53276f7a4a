import { type Failure, SecretValueError } from "@sluice/core";
import { storeMissing } from "./failures.js";
import { Refusal } from "./refusal.js";

const MISSING = new Set(["ENOENT", "ENOTDIR"]);
const DENIED = new Set(["EACCES", "EPERM", "EROFS"]);
const INVALID = new Set(["EISDIR", "ELOOP", "ENAMETOOLONG", "EINVAL", "EEXIST"]);

/**
 * The failure an error stands for; throws the error on if it is none of ours or the file system's. Where a
 * missing file has a meaning of its own, the caller looks for it first: here it is the store's.
 *
 * @param path what was worked on, for the message
 */
export function failureOf(error: unknown, path: string): Failure {
  if (error instanceof Refusal) return error.failure;
  // Says of a value what a format cannot hold, and nothing of its content.
  if (SecretValueError.isInstance(error))
    return {
      status: "invalid",
      reason: "value",
      message: `cannot be written: ${error.problem}`,
      remedy: error.remedy,
    };
  const code = systemCode(error);
  if (code === undefined) throw error;
  if (MISSING.has(code)) return storeMissing(path);
  if (DENIED.has(code))
    return {
      status: "denied",
      reason: code,
      message: `cannot be reached: the operating system refuses access to ${path} (${code})`,
      remedy: "Give the user this process runs as the right to it",
    };
  return {
    status: INVALID.has(code) ? "invalid" : "unavailable",
    reason: code,
    message: `cannot be reached: the operating system fails at ${path} (${code})`,
    remedy:
      code === "EBUSY"
        ? "A file that is a mount of its own cannot be replaced: mount its directory"
        : "Check the file and the disk it is on",
  };
}

/**
 * Code of a failed system call: `ENOENT`. Recognised by its shape: in a context of its own, as Jest runs tests in,
 * the system's errors are no instances of `Error`.
 */
export function systemCode(error: unknown): string | undefined {
  const failed = typeof error === "object" && error !== null && "syscall" in error && "code" in error;
  return failed ? String(error.code) : undefined;
}

/** Whether a file is not there: neither denied nor out of reach. */
export function isMissing(error: unknown): boolean {
  return MISSING.has(systemCode(error) ?? "");
}
