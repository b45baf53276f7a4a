import {
  createEventBus,
  type FailedReference,
  type ReferenceOutcome,
  type SecretReference,
} from "@sluice/core";
import { readStoreOptions, type Store, storeId } from "@sluice/kubernetes/stores";
import type { Workload } from "../audit/audit-events.js";
import type { BrokerOptions } from "../broker-options.js";
import { RequestLeases, leaseIdOf } from "../leases/request-leases.js";
import { type AuthorizedReference, authorizeReference } from "../rules/authorize-plan.js";
import { settleStores } from "./settle-stores.js";
import { StorePool } from "./store-pool.js";

/** What reading from the stores of a cluster takes. */
export type StoreReaderOptions = Pick<
  BrokerOptions,
  "client" | "catalogue" | "providers" | "environment" | "baseDirectory" | "events" | "timeoutMs"
>;

/**
 * Reads from the stores of a cluster for somebody who is no pod, such as an object that is admitted: by the same access
 * lists, in the name of a service account. Stores act with credentials of whoever runs it; leases are given back.
 * Dispose it when the last reading is over.
 */
export interface StoreReader extends AsyncDisposable {
  /**
   * What became of each reference, by its canonical form; a refusal is an outcome. No store is asked for anything
   * unless all may be read.
   *
   * @throws the signal's reason
   */
  read(
    references: ReadonlyMap<string, SecretReference>,
    identity: Pick<Workload, "namespace" | "serviceAccount">,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReferenceOutcome>>;
}

const DEFAULT_TIMEOUT_MS = 25_000;

/** Wires a reader. Nothing is read or connected before the first reading, but what the catalogue does by itself. */
export function createStoreReader(options: StoreReaderOptions): StoreReader {
  const { client, catalogue, events = createEventBus(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const pool = new StorePool(catalogue, {
    providers: options.providers,
    environment: options.environment,
    baseDirectory: options.baseDirectory,
    events,
    readOptions: async (store) => readStoreOptions(client, store, { signal: AbortSignal.timeout(timeoutMs) }),
  });
  return {
    read: async (references, identity, signal) => {
      const authorized = new Map<string, AuthorizedReference>();
      const refused = new Map<string, ReferenceOutcome>();
      for (const [written, reference] of references) {
        const decision = authorizeReference(reference, identity, catalogue);
        if ("status" in decision) refused.set(written, { ...decision, reference: written });
        else if (decision.store.identity.as === "pod")
          refused.set(written, actsAsPod(written, decision.store));
        else authorized.set(written, decision);
      }
      if (refused.size > 0) return refused;
      const leases = new RequestLeases();
      try {
        const request = { references: authorized, identityFor: () => undefined, leases, signal };
        const outcomes = Object.entries(await settleStores(pool, request));
        signal.throwIfAborted();
        return new Map(outcomes.map(([written, outcome]) => [written, withoutLease(written, outcome)]));
      } finally {
        await leases.giveBack();
      }
    },
    [Symbol.asyncDispose]: async () => pool[Symbol.asyncDispose](),
  };
}

function withoutLease(reference: string, outcome: ReferenceOutcome): ReferenceOutcome {
  if (leaseIdOf(outcome) === undefined) return outcome;
  return {
    reference,
    status: "invalid",
    reason: "lease-refused",
    message: "gave a lease, which nobody would renew for an object",
    remedy: "Let pods read it by themselves",
  };
}

function actsAsPod(reference: string, store: Store): FailedReference {
  return {
    reference,
    store: store.name,
    status: "invalid",
    reason: "acts-as-pod",
    message: `${storeId(store)} acts as the pod that asks, and there is none`,
    remedy: "Name a store with identity: broker, or let pods read it by themselves",
  };
}
