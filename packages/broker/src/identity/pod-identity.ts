import { type DelegatedIdentity, StoreError } from "@sluice/core";
import { CONTAINER_AUDIENCES } from "@sluice/core/plan";
import type { Store } from "@sluice/kubernetes/stores";
import type { Workload } from "../audit/audit-events.js";
import { MINTED_SECONDS } from "../cluster/create-broker-cluster.js";
import { endOfToken } from "./claimed-pod.js";
import type { TokenMint } from "./token-mint.js";

/** Stores that act as the pod. */
export type PodStore = Store & { readonly identity: { readonly as: "pod" } };

export function isPodStore(store: Store): store is PodStore {
  return store.identity.as === "pod";
}

/** What cached values are kept apart by: the service account itself, not merely its name. */
function principalKey({ namespace, serviceAccount, serviceAccountUid }: Workload): string {
  return JSON.stringify([namespace, serviceAccount, serviceAccountUid]);
}

/**
 * The identity that a store's provider logs in with. Pods of one service account share what was read for it: each
 * of them has proven to be of it, by the token of its own container, before it is given anything.
 *
 * @param projected the tokens that the request brought, checked, by audience
 */
export function podIdentity(
  { identity, name }: PodStore,
  workload: Workload,
  projected: ReadonlyMap<string, string>,
  mint: TokenMint,
): DelegatedIdentity {
  const { namespace, serviceAccount } = workload;
  return {
    kind: "delegated",
    cacheKey: principalKey(workload),
    subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
    expiresAt:
      identity.tokenSource === "tokenRequest"
        ? Date.now() + MINTED_SECONDS * 1000
        : endOfToken(projected.get(identity.audience) ?? ""),
    getToken: async (audience, signal) => {
      // No store has such an audience (7.11); should one ever, it ends here.
      if (audience !== identity.audience || audience.startsWith(CONTAINER_AUDIENCES))
        throw wrongAudience(name, audience, identity.audience);
      if (identity.tokenSource === "tokenRequest") return mint.get(workload, audience, signal);
      const token = projected.get(audience);
      if (token === undefined) throw wrongAudience(name, audience, identity.audience);
      return token;
    },
  };
}

/** A provider gets tokens for no other party than the one the store names. */
function wrongAudience(store: string, asked: string, named: string): StoreError {
  return new StoreError(store, {
    status: "invalid",
    reason: "wrong-audience",
    message: `logs in with a token for "${asked}", and the store names the audience "${named}"`,
    remedy: `Set tokenAudience: ${asked} in the store`,
  });
}
