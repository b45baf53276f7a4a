import {
  formatReference,
  parseReference,
  type ReferenceInput,
  type ReferenceOutcome,
  type RequestOptions,
  type ResolvedReference,
  type SecretResolver,
} from "@sluice/core";
import type { SecretReader } from "@sluice/files";
import { unlessAborted } from "../util/unless-aborted.js";

/**
 * What was read, until it is told that it changed: one read serves every file, and rendering again takes nothing twice.
 * By the canonical form of references. A read that others may have joined is not given up when the one who began it has
 * gone: that one waits no longer, and the read ends by its own timeout.
 */
export class HeldSecrets {
  readonly #held = new Map<string, ResolvedReference>();
  readonly #underWay = new Map<string, Promise<ReferenceOutcome>>();

  constructor(private readonly resolver: Pick<SecretResolver, "settle">) {}

  /** Reads what is not held, for whoever renders. */
  readonly reader: SecretReader = {
    settle: (async (references: Readonly<Record<string, ReferenceInput>>, request?: RequestOptions) =>
      this.#settle(references, request)) as SecretReader["settle"],
  };

  get(reference: string): ResolvedReference | undefined {
    return this.#held.get(reference);
  }

  set(outcome: ResolvedReference): void {
    this.#held.set(outcome.reference, outcome);
  }

  /** The next rendering that needs it asks its store. */
  delete(reference: string): void {
    this.#held.delete(reference);
  }

  /** Lets go of everything but these. */
  retain(references: ReadonlySet<string>): void {
    for (const reference of this.#held.keys()) if (!references.has(reference)) this.#held.delete(reference);
  }

  get all(): readonly ResolvedReference[] {
    return Array.from(this.#held.values());
  }

  async #settle(
    references: Readonly<Record<string, ReferenceInput>>,
    { signal, ...request }: RequestOptions = {},
  ): Promise<Readonly<Record<string, ReferenceOutcome>>> {
    signal?.throwIfAborted();
    const labels = Object.entries(references).map(([label, input]) => [label, canonical(input)] as const);
    const missing = Array.from(new Set(labels.map(([, reference]) => reference))).filter(
      (reference) => !this.#held.has(reference) && !this.#underWay.has(reference),
    );
    if (missing.length > 0) this.#read(missing, request);
    const outcomes = labels.map(async ([label, reference]) => {
      const outcome = this.#held.get(reference) ?? (await this.#underWay.get(reference));
      return [label, outcome] as const;
    });
    const read = await unlessAborted(Promise.all(outcomes), signal);
    return Object.fromEntries(read) as Record<string, ReferenceOutcome>;
  }

  #read(references: readonly string[], request: Omit<RequestOptions, "signal">): void {
    const reading = this.resolver.settle(references, request) as Promise<readonly ReferenceOutcome[]>;
    for (const [index, reference] of references.entries()) {
      const outcome = (async () => {
        try {
          const read = (await reading)[index] as ReferenceOutcome;
          if (read.status === "found") this.#held.set(reference, read);
          return read;
        } finally {
          this.#underWay.delete(reference);
        }
      })();
      // Whoever waits for it is told; nobody may.
      outcome.catch(() => undefined);
      this.#underWay.set(reference, outcome);
    }
  }
}

function canonical(input: ReferenceInput): string {
  return formatReference(parseReference(typeof input === "string" ? input : formatReference(input)));
}
