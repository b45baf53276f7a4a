import type { Failure } from "../provider/secret-outcome.js";
import { failureKind } from "./failure-kind.js";
import { type ErrorKind, hasErrorCode, SluiceError } from "./sluice-error.js";

/** One reference that could not be resolved. */
export interface ResolutionFailure extends Failure {
  /** What the caller calls it: a variable, a property, an index. */
  readonly label: string;
  /** Where it is asked for, for people: `sluice.yaml:7`. */
  readonly origin?: string;
  /** The reference as written or in canonical form; never a value. */
  readonly reference: string;
  readonly store?: string;
}

// What should be mended first decides: a mistake of ours, then of the configuration, then of rights, …
const PRECEDENCE: readonly ErrorKind[] = [
  "bug",
  "configuration",
  "denied",
  "not-found",
  "unavailable",
  "deadline",
];

/** `SLU2001`: one error that lists every reference of a request that failed. */
export class ResolutionError extends SluiceError {
  override readonly name = "ResolutionError";
  readonly failures: readonly ResolutionFailure[];

  constructor(failures: readonly ResolutionFailure[]) {
    const kinds = new Set(failures.map(failureKind));
    super({
      code: "SLU2001",
      kind: PRECEDENCE.find((kind) => kinds.has(kind)) ?? "bug",
      problem: `${failures.length === 1 ? "A reference" : `${failures.length} references`} could not be resolved: ${failures.map(describe).join("; ")}`,
      remedy:
        failures.length === 1
          ? (failures[0]?.remedy ?? "Correct the reference or its store")
          : "Correct each",
    });
    this.failures = failures;
  }

  static override isInstance(value: unknown): value is ResolutionError {
    return hasErrorCode(value, "SLU2001");
  }
}

function describe(failure: ResolutionFailure): string {
  const name = failure.label === failure.reference ? "" : `${failure.label}: `;
  return `${name}${failure.reference} ${failure.message ?? `is ${failure.status} (${failure.reason})`}`;
}
