import type { SecretReference } from "../reference/secret-reference.js";
import { pause } from "../util/pause.js";
import { isPassing } from "./failure-of-thrown.js";
import type { ReferenceOutcome, ResolvedReference } from "./reference-outcome.js";
import type { SecretChange } from "./secret-change.js";
import type { Stamp } from "./stamp.js";

/** Longest pause before references whose store did not answer are looked at again, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;

export interface ObserverOptions {
  /** By label. */
  readonly references: ReadonlyMap<string, SecretReference>;
  readonly settle: (
    references: Readonly<Record<string, SecretReference>>,
  ) => Promise<readonly (readonly [label: string, outcome: ReferenceOutcome])[]>;
  /** Called with the labels to look at again. */
  readonly wake: (labels: Iterable<string>) => void;
  /** Called with every outcome. */
  readonly onOutcome: (label: string, outcome: ReferenceOutcome) => void;
  readonly signal: AbortSignal;
}

/** Looks at references, and tells what differs from when it last saw them. */
export class ReferenceObserver {
  readonly #last = new Map<string, ResolvedReference>();
  readonly #awaited = new Set<string>();

  constructor(private readonly options: ObserverOptions) {}

  async look(labels: Iterable<string>): Promise<SecretChange[]> {
    const { references, settle, onOutcome } = this.options;
    const wanted = Array.from(labels, (label) => [label, references.get(label) as SecretReference]);
    if (wanted.length === 0) return [];
    const outcomes = await settle(Object.fromEntries(wanted));
    const silent = outcomes.filter(([, outcome]) => outcome.status !== "found" && isPassing(outcome));
    void this.#lookAgain(silent.map(([label]) => label));
    return outcomes.flatMap(([label, outcome]) => {
      onOutcome(label, outcome);
      return this.#see(label, outcome) ?? [];
    });
  }

  /** Takes a value for seen. */
  know(label: string, outcome: ResolvedReference): void {
    this.#last.set(label, outcome);
  }

  /** What the value last seen was read with. */
  stampOf(label: string): Stamp | undefined {
    return this.#last.get(label);
  }

  #see(label: string, outcome: ReferenceOutcome): SecretChange | undefined {
    const before = this.#last.get(label);
    const { reference } = outcome;
    if (outcome.status === "found") {
      this.#last.set(label, outcome);
      if (before?.value.equals(outcome.value)) return undefined;
      const { value, version } = outcome;
      return { label, reference, kind: "changed", value, ...(version !== undefined && { version }) };
    }
    if (outcome.status !== "not-found" || before === undefined) return undefined;
    this.#last.delete(label);
    return { label, reference, kind: "deleted" };
  }

  /** Once for each label, however often it is looked at meanwhile. */
  async #lookAgain(labels: readonly string[]): Promise<void> {
    // An issuing read may have been carried out: it waits for its next turn.
    const added = labels.filter(
      (label) => !this.#awaited.has(label) && this.options.references.get(label)?.volatile !== true,
    );
    if (added.length === 0) return;
    for (const label of added) this.#awaited.add(label);
    const { wake, signal } = this.options;
    try {
      // Spread, so that a thousand who wait for the same store do not come at once, and again and again.
      await pause(LOOK_AGAIN_MS * (0.6 + Math.random() * 0.4), signal);
    } catch {
      // The watch is over.
      return;
    }
    for (const label of added) this.#awaited.delete(label);
    wake(added);
  }
}
