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

/** Where what was issued is held, by canonical forms of references. */
interface Holder {
  get(reference: string): ResolvedReference | undefined;
  set(outcome: ResolvedReference): void;
}

/** What one of those who ask was issued by the word of its references (`volatile=true`), and nobody else is given. */
export class OwnSecrets implements Holder {
  readonly #held = new Map<string, ResolvedReference>();
  /** Readings under way. */
  readonly underWay: Map<string, Promise<Outcomes>> = new Map();

  get(reference: string): ResolvedReference | undefined {
    return this.#held.get(reference);
  }

  set(outcome: ResolvedReference): void {
    this.#held.set(outcome.reference, outcome);
  }
}

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
   * one of those who asked has gone: what a store has issued would be nobody's. What issues by its own word is shared with
   * nobody, and given again only to whom it was issued.
   */
  async read(references: readonly SecretReference[], own?: OwnSecrets): Promise<Outcomes> {
    const volatile = references.filter((reference) => reference.volatile === true);
    const others = references.filter((reference) => reference.volatile !== true);
    const [issued, read] = await Promise.all([
      own === undefined ? this.#read(volatile) : this.#share(volatile, own, own.underWay),
      this.#share(others, this.secrets, this.#underWay),
    ]);
    return new Map([...issued, ...read]);
  }

  async #share(
    references: readonly SecretReference[],
    holder: Holder,
    underWay: Map<string, Promise<Outcomes>>,
  ): Promise<Outcomes> {
    const key = JSON.stringify(references.map(formatReference).sort());
    const reading =
      underWay.get(key) ?? this.#read(references, holder).finally(() => void underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  }

  async #read(references: readonly SecretReference[], holder?: Holder): Promise<Outcomes> {
    const held = holder === undefined ? new Map<string, ReferenceOutcome>() : this.#held(references, holder);
    const missing = references.map(formatReference).filter((reference) => !held.has(reference));
    if (missing.length === 0) return held;
    const read = (await this.resolver.settle(missing)) as readonly ReferenceOutcome[];
    const outcomes = missing.map((reference, index) => [reference, read[index] as ReferenceOutcome] as const);
    const issued = outcomes.flatMap(([, outcome]) =>
      outcome.status === "found" && outcome.lease !== undefined ? [outcome] : [],
    );
    for (const outcome of issued) holder?.set(outcome);
    if (issued.length > 0) await this.onIssued();
    return new Map([...held, ...outcomes]);
  }

  /** Fields of one secret are held together, of one lease, or not at all: a user goes with its own password. */
  #held(references: readonly SecretReference[], holder: Holder): Outcomes {
    const leases = new Map(
      this.resolver.leases.held().map(({ store, id, endsAt }) => [`${store} ${id}`, endsAt]),
    );
    const bySecret = Map.groupBy(references, ({ key: _key, decode: _decode, ...whole }) =>
      formatReference(whole),
    );
    return new Map(
      Array.from(bySecret.values()).flatMap((fields) => {
        const outcomes = fields.map((field) => holder.get(formatReference(field)));
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
