import type { DialectProblem } from "@sluice/core/dialect";

/** An object that could not be read, though it may be there. Admission is denied with it. */
export class LookupError extends Error implements DialectProblem {
  override readonly name = "LookupError";
  readonly problem: string;
  readonly remedy: string;
  /** As in HTTP: 403 where the webhook itself may not read it, else 503. */
  readonly code: number;

  constructor({ problem, remedy, code }: DialectProblem & { readonly code: number }) {
    super(problem);
    this.problem = problem;
    this.remedy = remedy;
    this.code = code;
  }
}
