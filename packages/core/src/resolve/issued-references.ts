import type { SecretReference } from "../reference/secret-reference.js";
import { pause } from "../util/pause.js";
import type { ReferenceOutcome } from "./reference-outcome.js";

/** Of the time until a value without a lease expires, what passes before another one is issued. */
const WAIT_FRACTION = 0.66;

/** The watched references whose value was issued and lives: looking at one again would issue another. */
export class IssuedReferences {
  /** By label, the lease's identifier, or a mark where there is no lease. */
  readonly #held = new Map<string, string | symbol>();

  constructor(
    private readonly options: {
      readonly references: ReadonlyMap<string, SecretReference>;
      /** Called with the identifiers of leases whose ends have to be told. */
      readonly keep: (leaseId: string) => void;
      /** Called with labels that need another value. */
      readonly wake: (labels: readonly string[]) => void;
      readonly signal: AbortSignal;
    },
  ) {}

  holds(label: string): boolean {
    return this.#held.has(label);
  }

  hold(label: string, leaseId: string): void {
    this.#held.set(label, leaseId);
    this.options.keep(leaseId);
  }

  /** Called with the outcome of every look at a label that is not held. */
  see(label: string, outcome: ReferenceOutcome): void {
    if (outcome.status !== "found") return;
    if (outcome.lease !== undefined) this.hold(label, outcome.lease.id);
    else if (this.options.references.get(label)?.volatile === true) {
      const mark = Symbol(label);
      this.#held.set(label, mark);
      if (outcome.expiresAt !== undefined) void this.#endIn(outcome.expiresAt - Date.now(), mark);
    }
  }

  /** What was issued is over, or soon will be. */
  end(issue: string | symbol): void {
    const labels = Array.from(this.#held.keys()).filter((label) => this.#held.get(label) === issue);
    for (const label of labels) this.#held.delete(label);
    this.options.wake(labels);
  }

  async #endIn(ms: number, mark: symbol): Promise<void> {
    try {
      await pause(Math.max(0, ms * WAIT_FRACTION), this.options.signal);
    } catch {
      // The watch is over.
      return;
    }
    this.end(mark);
  }
}
