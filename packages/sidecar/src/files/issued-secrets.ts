import {
  formatReference,
  type ReferenceOutcome,
  type ResolvedReference,
  type SecretReference,
  type SecretResolver,
} from "@sluice/core";
import type { HeldSecrets } from "./held-secrets.js";

/** Whoever starts with something that was issued has it for this part of its time at least; renewing begins before. */
const LEAST_PART = 0.25;

type Outcomes = ReadonlyMap<string, ReferenceOutcome>;

/** Reads what no file has. What was issued is held as long as its lease is, and given again. */
export class IssuedSecrets {
  readonly #underWay = new Map<string, Promise<Outcomes>>();

  constructor(
    private readonly secrets: HeldSecrets,
    private readonly resolver: Pick<SecretResolver, "settle" | "leases">,
    private readonly onIssued: () => Promise<void>,
  ) {}

  /**
   * Reads all at once, by their canonical forms. The same request that is under way is shared, and so is not given up when
   * one of those who asked has gone: what a store has issued would be nobody's.
   */
  async read(references: readonly SecretReference[]): Promise<Outcomes> {
    if (references.length === 0) return new Map();
    const key = JSON.stringify(references.map(formatReference).sort());
    const reading = this.#underWay.get(key) ?? this.#read(references);
    this.#underWay.set(key, reading);
    try {
      return await reading;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #read(references: readonly SecretReference[]): Promise<Outcomes> {
    const held = this.#held(references);
    const missing = references.map(formatReference).filter((reference) => !held.has(reference));
    if (missing.length === 0) return held;
    const read = (await this.resolver.settle(missing)) as readonly ReferenceOutcome[];
    const outcomes = missing.map((reference, index) => [reference, read[index] as ReferenceOutcome] as const);
    const issued = outcomes.flatMap(([, outcome]) =>
      outcome.status === "found" && outcome.lease !== undefined ? [outcome] : [],
    );
    for (const outcome of issued) this.secrets.set(outcome);
    if (issued.length > 0) await this.onIssued();
    return new Map([...held, ...outcomes]);
  }

  /** Fields of one secret are held together, of one lease, or not at all: a user goes with its own password. */
  #held(references: readonly SecretReference[]): Outcomes {
    const leases = new Map(
      this.resolver.leases.held().map(({ store, id, endsAt }) => [`${store} ${id}`, endsAt]),
    );
    const bySecret = Map.groupBy(references, ({ key: _key, decode: _decode, ...whole }) =>
      formatReference(whole),
    );
    return new Map(
      Array.from(bySecret.values()).flatMap((fields) => {
        const outcomes = fields.map((field) =>
          field.volatile === true ? undefined : this.secrets.get(formatReference(field)),
        );
        const living = outcomes.filter((outcome) => outcome !== undefined && lives(outcome, leases));
        const ids = new Set(living.map((outcome) => outcome?.lease?.id));
        if (living.length < fields.length || ids.size !== 1) return [];
        return living.flatMap((outcome) =>
          outcome === undefined ? [] : [[outcome.reference, outcome] as const],
        );
      }),
    );
  }
}

function lives({ store, lease }: ResolvedReference, endsAt: ReadonlyMap<string, number>): boolean {
  if (lease === undefined) return false;
  const end = endsAt.get(`${store} ${lease.id}`);
  return end !== undefined && end - Date.now() > lease.ttlMs * LEAST_PART;
}
