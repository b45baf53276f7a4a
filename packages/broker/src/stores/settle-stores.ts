import type {
  FailedReference,
  Identity,
  ReferenceOutcome,
  RequestOptions,
  SecretReference,
  SecretResolver,
} from "@sluice/core";
import { SELF } from "@sluice/core";
import { type Store, storeId } from "@sluice/kubernetes/stores";
import type { ProblemError } from "@sluice/protocol";
import type { AuthorizedReference } from "../rules/authorize-plan.js";
import { toProblem } from "../to-problem.js";
import { leaseIdOf, type RequestLeases } from "../leases/request-leases.js";
import type { StorePool } from "./store-pool.js";

export interface SettleRequest extends RequestOptions {
  /** By canonical form. */
  readonly references: ReadonlyMap<string, AuthorizedReference>;
  /** Whom a store is asked as, where it acts as the pod. */
  readonly identityFor: (store: Store) => Identity | undefined;
  readonly leases: RequestLeases;
}

/** What became of each reference, by its canonical form. All stores are asked at the same time. */
export async function settleStores(
  pool: Pick<StorePool, "borrow">,
  { references, identityFor, leases, ...request }: SettleRequest,
): Promise<Record<string, ReferenceOutcome>> {
  const byStore = Map.groupBy(references, ([, { store }]) => storeId(store));
  const settled = await Promise.all(
    Array.from(byStore.values(), async (entries) => {
      const store = (entries[0] as (typeof entries)[number])[1].store;
      const wanted = Object.fromEntries(entries.map(([written, { reference }]) => [written, reference]));
      const identity = identityFor(store) ?? SELF;
      try {
        using borrowed = await pool.borrow(store);
        const outcomes = await settleOwn(borrowed.resolver, store, wanted, { ...request, identity });
        return await leases.take(store, borrowed, outcomes);
      } catch (thrown) {
        request.signal?.throwIfAborted();
        const problem = toProblem(thrown);
        if (problem.detail.kind === "bug") throw thrown;
        return Object.fromEntries(
          Object.keys(wanted).map((written) => [written, failed(written, store, problem)]),
        );
      }
    }),
  );
  return Object.assign({}, ...settled) as Record<string, ReferenceOutcome>;
}

/**
 * What another request has asked for at the same time is shared, but not where it gave a lease: that ends with the
 * pod it was taken for. It is asked for once more then, for this request alone.
 */
async function settleOwn(
  resolver: SecretResolver,
  { leases }: Store,
  wanted: Readonly<Record<string, SecretReference>>,
  options: RequestOptions,
): Promise<Record<string, ReferenceOutcome>> {
  const outcomes = await resolver.settle(wanted, options);
  if (leases === "refuse") return outcomes;
  const own = new Set(
    Object.values(outcomes).flatMap((outcome) =>
      outcome.status === "found" && outcome.source === "provider" ? (outcome.lease?.id ?? []) : [],
    ),
  );
  const ofOthers = Object.entries(wanted).filter(([written]) => {
    const lease = leaseIdOf(outcomes[written] as ReferenceOutcome);
    return lease !== undefined && !own.has(lease);
  });
  if (ofOthers.length === 0) return outcomes;
  return {
    ...outcomes,
    ...(await resolver.settle(Object.fromEntries(ofOthers), { ...options, fresh: true })),
  };
}

/** A store that cannot be opened fails its own references, so that those of others are listed too. */
function failed(reference: string, { name }: Store, { detail }: ProblemError): FailedReference {
  return {
    reference,
    store: name,
    status: detail.kind === "configuration" ? "invalid" : "unavailable",
    reason: detail.reason,
    message: detail.message,
    ...(detail.remedy !== undefined && { remedy: detail.remedy }),
  };
}
