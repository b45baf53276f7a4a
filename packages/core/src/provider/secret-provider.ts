import type { CheckResult } from "./check.js";
import type { ListPage, ListQuery } from "./list.js";
import type { ProviderContext } from "./provider-context.js";
import type { DeleteOutcome, DeleteRequest, PutOutcome, PutRequest } from "./put.js";
import type { Failure, SecretLease, SecretOutcome } from "./secret-outcome.js";
import type { SecretRequest } from "./secret-request.js";
import type { WatchEvent, WatchQuery } from "./watch.js";

/**
 * A store, reached through its vendor's SDK. Version 1 of the provider interface.
 *
 * A provider answers for each item, does not retry (its SDK's retries are off: the resolver retries), loads
 * its SDK on first use, and stops its work when the signal aborts. It is created once per configured store
 * and used concurrently.
 */
export interface SecretProvider {
  /** One outcome per request, in any order. At most `batchSize` requests; identifiers are unique. */
  resolve(requests: readonly SecretRequest[], context: ProviderContext): Promise<readonly SecretOutcome[]>;
  /** Rejects with a `StoreError` when it cannot go on. */
  list?(query: ListQuery, context: ProviderContext): AsyncIterable<ListPage>;
  /** Ends when the signal aborts; rejects with a `StoreError` when it cannot go on. */
  watch?(query: WatchQuery, context: ProviderContext): AsyncIterable<WatchEvent>;
  put?(request: PutRequest, context: ProviderContext): Promise<PutOutcome>;
  delete?(request: DeleteRequest, context: ProviderContext): Promise<DeleteOutcome>;
  renewLease?(leaseId: string, context: ProviderContext): Promise<SecretLease | Failure>;
  revokeLease?(leaseId: string, context: ProviderContext): Promise<{ readonly status: "revoked" } | Failure>;
  check?(context: ProviderContext): Promise<CheckResult>;
  /** Closes connections and timers; called once, after which nothing else is called. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}
