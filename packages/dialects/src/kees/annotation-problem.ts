import type { KeesProblem } from "./kees-parameter.js";

/** Thrown while one annotation is read, and caught where all of them are. */
export class AnnotationProblem extends Error {
  readonly #problem: string;
  readonly #remedy: string;

  /** @param problem - Follows "Annotation NAME", without a full stop. */
  constructor(problem: string, remedy: string) {
    super(`${problem}. ${remedy}`);
    this.#problem = problem;
    this.#remedy = remedy;
  }

  of(annotation: string): KeesProblem {
    return { annotation, problem: `Annotation ${annotation} ${this.#problem}`, remedy: this.#remedy };
  }
}
