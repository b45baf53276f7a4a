import { MAX_CALL_DEPTH, type TemplateLimits } from "./template-limits.js";
import { TemplateProblem } from "./template-problem.js";

const BYTES_PER_STEP = 256;
const STEPS_PER_LOOK_AT_THE_CLOCK = 256;

/** Counts what a rendering uses, and ends it at a limit. One meter lasts over all passes. */
export class Meter {
  #steps = 0;
  #milliseconds = 0;
  #startedAt = 0;
  #depth = 0;
  #nextLook = STEPS_PER_LOOK_AT_THE_CLOCK;

  constructor(
    readonly limits: TemplateLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts the time from here, where a pass begins, until `pause`. */
  resume(): void {
    this.#depth = 0;
    this.#startedAt = this.now();
  }

  pause(): void {
    this.#milliseconds += this.now() - this.#startedAt;
  }

  /** @throws {TemplateProblem} when too much is inside each other. An error leaves no level: it ends the pass. */
  enter(): void {
    this.#depth += 1;
    if (this.#depth > MAX_CALL_DEPTH)
      throw new TemplateProblem(
        `it is more than ${MAX_CALL_DEPTH} levels deep`,
        "Nest less deeply, and end recursion",
      );
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** @throws {TemplateProblem} when that was one step, or the time, too much. */
  step(steps = 1): void {
    this.#steps += steps;
    const { maxSteps } = this.limits;
    if (this.#steps > maxSteps) throw exceeded(`takes more than ${maxSteps} steps`, "maxSteps");
    if (this.#steps < this.#nextLook) return;
    this.#nextLook = this.#steps + STEPS_PER_LOOK_AT_THE_CLOCK;
    this.lookAtTheClock();
  }

  /** @throws {TemplateProblem} when the time is over. For what takes long in one step. */
  lookAtTheClock(): void {
    const { maxMilliseconds } = this.limits;
    if (this.#milliseconds + this.now() - this.#startedAt > maxMilliseconds)
      throw exceeded(`takes longer than ${maxMilliseconds} ms`, "maxMilliseconds");
  }

  /**
   * Counts work on so many bytes, before it is done.
   *
   * @throws {TemplateProblem} when one string would be larger than the output may be.
   */
  bytes(bytes: number): void {
    const { maxOutputBytes } = this.limits;
    if (bytes > maxOutputBytes) throw exceeded(`makes more than ${maxOutputBytes} bytes`, "maxOutputBytes");
    this.step(1 + Math.floor(bytes / BYTES_PER_STEP));
  }
}

function exceeded(what: string, limit: keyof TemplateLimits): TemplateProblem {
  return new TemplateProblem(`it ${what}`, `Make it smaller, or raise ${limit}`);
}
