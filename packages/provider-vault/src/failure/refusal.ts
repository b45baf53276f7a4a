import type { Failure } from "@sluice/core";

/** Carries a failure from where it is found to the edge of the provider; does not leave this package. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** The failure a thrown error carries; throws the error on if it is none of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  throw error;
}
