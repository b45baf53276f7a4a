import type { Failure } from "../provider/secret-outcome.js";
import { failureKind, firstToMend } from "./failure-kind.js";
import { hasErrorCode, SluiceError } from "./sluice-error.js";

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

/** `SLU2001`: one error that lists every reference of a request that failed. */
export class ResolutionError extends SluiceError {
  override readonly name = "ResolutionError";
  readonly failures: readonly ResolutionFailure[];

  constructor(failures: readonly ResolutionFailure[]) {
    super({
      code: "SLU2001",
      kind: firstToMend(failures.map(failureKind)),
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
