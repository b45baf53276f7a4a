import type { Subject } from "./subject.js";

/** One number of the specification. */
export interface Requirement {
  /** `2.13`. */
  readonly id: string;
  /** The sentence of the specification. */
  readonly title: string;
  /** True, or why it cannot be tested on this subject. */
  applies(subject: Subject): true | string;
  /** Rejects if the provider does not meet it. No message tells a value. */
  test(subject: Subject): Promise<void>;
}
