import type { Failure } from "@sluice/core";

/** Carries a failure out of code that cannot return one: making a credential. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}
