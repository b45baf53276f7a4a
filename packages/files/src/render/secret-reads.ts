import {
  type FailedReference,
  formatReference,
  parseReference,
  type ReferenceOutcome,
  type RequestOptions,
  type ResolvedReference,
  type SecretReference,
  type SecretResolver,
} from "@sluice/core";

/** Whatever reads references: a resolver, a broker, a test. */
export type SecretReader = Pick<SecretResolver, "settle">;

/** What was read for one plan. Each reference is asked for once, however many files it is in. */
export class SecretReads {
  readonly #outcomes = new Map<string, ReferenceOutcome>();

  constructor(
    private readonly reader: SecretReader,
    private readonly request: RequestOptions,
  ) {}

  /** Reads those that were not read yet, together. Rejects only as the reader does: when it is aborted. */
  async fetch(references: readonly SecretReference[]): Promise<void> {
    const wanted = new Map(references.map((reference) => [formatReference(reference), reference]));
    for (const key of this.#outcomes.keys()) wanted.delete(key);
    if (wanted.size === 0) return;
    const outcomes = await this.reader.settle(Object.fromEntries(wanted), this.request);
    for (const key of wanted.keys()) this.#outcomes.set(key, outcomes[key] ?? unread(key));
  }

  /** What became of a reference; one that was never fetched is a failure. */
  outcomeOf(reference: SecretReference): ReferenceOutcome {
    const key = formatReference(reference);
    return this.#outcomes.get(key) ?? unread(key);
  }

  /** The same reads as a reader of their own: what was read already is not asked for again. */
  asReader(): SecretReader {
    const settle: unknown = async (references: Readonly<Record<string, string | SecretReference>>) => {
      const wanted = Object.entries(references).map(
        ([name, each]) => [name, typeof each === "string" ? parseReference(each) : each] as const,
      );
      await this.fetch(wanted.map(([, each]) => each));
      const outcomes: unknown = Object.fromEntries(
        wanted.map(([name, each]) => [name, this.outcomeOf(each)]),
      );
      return outcomes;
    };
    return { settle: settle as SecretReader["settle"] };
  }

  get delivered(): readonly ResolvedReference[] {
    return Array.from(this.#outcomes.values()).filter((outcome) => outcome.status === "found");
  }
}

function unread(reference: string): FailedReference {
  return {
    reference,
    status: "unavailable",
    reason: "no-outcome",
    message: "was not read",
    remedy: "Report it to those who run the store",
  };
}
