import { hasErrorCode, SluiceError } from "@sluice/core";
import { type Problem, STATUS_OF_KIND } from "./schema/problem.js";

/** `SLU5001`: a source does not give the environment. What a handler throws, and what a client receives. */
export class ProblemError extends SluiceError {
  override readonly name = "ProblemError";
  readonly detail: Problem;
  /** HTTP status. */
  readonly status: number;

  constructor(detail: Problem, status: number = STATUS_OF_KIND[detail.kind]) {
    super({
      code: "SLU5001",
      kind: detail.kind,
      problem: detail.message,
      remedy: detail.remedy ?? "See the log of the source",
    });
    this.detail = detail;
    this.status = status;
  }

  static override isInstance(value: unknown): value is ProblemError {
    return hasErrorCode(value, "SLU5001");
  }
}
