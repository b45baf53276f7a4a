import { closestName } from "../util/closest-name.js";
import { listNames } from "../util/list-names.js";
import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** `SLU1002`: a reference names a store that the configuration does not have. */
export class UnknownStoreError extends SluiceError {
  override readonly name = "UnknownStoreError";
  readonly store: string;

  constructor(store: string, known: readonly string[]) {
    const near = closestName(store, known);
    super({
      code: "SLU1002",
      kind: "configuration",
      problem: `No store named "${store}" is configured`,
      remedy: near
        ? `Did you mean "${near}"?`
        : `Add it under "stores:"; configured are: ${listNames(known)}`,
    });
    this.store = store;
  }

  static override isInstance(value: unknown): value is UnknownStoreError {
    return hasErrorCode(value, "SLU1002");
  }
}
