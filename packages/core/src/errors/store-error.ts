import type { Failure } from "../provider/secret-outcome.js";
import { failureKind } from "./failure-kind.js";
import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** `SLU2003`: a store refused or failed a listing, a watch or a write. */
export class StoreError extends SluiceError {
  override readonly name = "StoreError";
  readonly store: string;
  readonly failure: Failure;

  constructor(store: string, failure: Failure) {
    super({
      code: "SLU2003",
      kind: failureKind(failure),
      problem: `Store "${store}": ${failure.message ?? `${failure.status} (${failure.reason})`}`,
      remedy: failure.remedy ?? "Check the store's configuration, and that it can be reached",
    });
    this.store = store;
    this.failure = failure;
  }

  static override isInstance(value: unknown): value is StoreError {
    return hasErrorCode(value, "SLU2003");
  }
}
