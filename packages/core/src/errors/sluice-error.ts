import type { ErrorCode } from "./error-code.js";

/** What sort of failure this is; a command line maps it to an exit code. */
export type ErrorKind =
  | "usage"
  | "configuration"
  | "not-found"
  | "denied"
  | "unavailable"
  | "deadline"
  | "not-executable"
  | "command-not-found"
  | "bug";

/** What an error says; see {@link SluiceError}. */
export interface SluiceErrorInit {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** What went wrong, where and why; one sentence without its full stop. Never a secret value. */
  readonly problem: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

const MARKER = Symbol.for("sluice.error");

/**
 * Base of every error Sluice throws on purpose. Recognise one with {@link SluiceError.isInstance}, not
 * `instanceof`: the marker is a registered symbol, so it holds across duplicate installs of this package.
 */
export class SluiceError extends Error {
  override readonly name: string = "SluiceError";
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly problem: string;
  readonly remedy: string;

  constructor(init: SluiceErrorInit) {
    super(`${init.problem}. ${init.remedy}`, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.kind = init.kind;
    this.problem = init.problem;
    this.remedy = init.remedy;
    Object.defineProperty(this, MARKER, { value: true });
  }

  static isInstance(value: unknown): value is SluiceError {
    return typeof value === "object" && value !== null && Reflect.get(value, MARKER) === true;
  }
}

/** Whether `value` is a Sluice error with this code, whichever copy of the package made it. */
export function hasErrorCode(value: unknown, code: ErrorCode): value is SluiceError {
  return SluiceError.isInstance(value) && value.code === code;
}
