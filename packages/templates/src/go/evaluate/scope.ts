import { TemplateProblem } from "../template-problem.js";
import { textOf, type GoString } from "../values/go-string.js";
import type { GoValue } from "../values/go-value.js";

/** The variables of one template while it runs: the last of a name is the one that counts. */
export class Scope {
  readonly #names: GoString[] = [];
  readonly #values: GoValue[] = [];

  constructor(dot: GoValue) {
    this.declare("$" as GoString, dot);
  }

  declare(name: GoString, value: GoValue): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  /** @throws {TemplateProblem} when it was declared in a branch that was not taken. */
  assign(name: GoString, value: GoValue): void {
    this.#values[this.#find(name)] = value;
  }

  /** Sets the variable that was declared as the `place`th before the end. */
  assignLast(place: number, value: GoValue): void {
    this.#values[this.#values.length - place] = value;
  }

  /** @throws {TemplateProblem} when it was declared in a branch that was not taken. */
  get(name: GoString): GoValue {
    return this.#values[this.#find(name)];
  }

  /** How many variables there are now. */
  mark(): number {
    return this.#names.length;
  }

  /** Forgets those declared since. */
  reset(mark: number): void {
    this.#names.length = mark;
    this.#values.length = mark;
  }

  #find(name: GoString): number {
    const index = this.#names.lastIndexOf(name);
    if (index < 0) throw new TemplateProblem(`undefined variable: ${textOf(name)}`);
    return index;
  }
}
