import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** `SLU2002`: a value is not what it is read as, or cannot be written as asked. Says nothing of the value itself. */
export class SecretValueError extends SluiceError {
  override readonly name = "SecretValueError";

  constructor(problem: string, remedy: string) {
    super({ code: "SLU2002", kind: "configuration", problem, remedy });
  }

  static override isInstance(value: unknown): value is SecretValueError {
    return hasErrorCode(value, "SLU2002");
  }
}
