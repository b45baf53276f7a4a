import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** `SLU3003`: a resolver was used after it was disposed. */
export class DisposedError extends SluiceError {
  override readonly name = "DisposedError";

  constructor() {
    super({
      code: "SLU3003",
      kind: "bug",
      problem: "This resolver has been disposed",
      remedy: "Create another, or dispose it later",
    });
  }

  static override isInstance(value: unknown): value is DisposedError {
    return hasErrorCode(value, "SLU3003");
  }
}
