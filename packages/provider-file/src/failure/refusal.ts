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
