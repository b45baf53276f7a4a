import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** `SLU1301`: an injection plan cannot be read, or must not be acted on. */
export class PlanError extends SluiceError {
  override readonly name = "PlanError";

  constructor(problem: string, remedy: string) {
    super({ code: "SLU1301", kind: "configuration", problem, remedy });
  }

  static override isInstance(value: unknown): value is PlanError {
    return hasErrorCode(value, "SLU1301");
  }
}
