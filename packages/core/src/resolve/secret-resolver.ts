import type { SluiceEvents } from "../events/sluice-events.js";
import type { CheckResult } from "../provider/check.js";
import type { ListedSecret, ListQuery } from "../provider/list.js";
import type { DeleteOutcome, DeleteRequest, PutOutcome, PutRequest } from "../provider/put.js";
import type { SecretValue } from "../value/secret-value.js";
import type { ReferenceInput, ReferenceOutcome } from "./reference-outcome.js";
import type { RequestOptions } from "./resolver-options.js";
import type { SecretLeases } from "./secret-leases.js";
import type { SecretChange, WatchOptions } from "./secret-change.js";

/** References by name or in order. */
export type References<Store extends string> =
  | Readonly<Record<string, ReferenceInput<Store>>>
  | readonly ReferenceInput<Store>[];

/**
 * Reads secrets from configured stores: what is asked for together is read together, once, within bounds.
 * Every method rejects with the signal's reason when its caller aborts, and with a `DisposedError` after
 * disposal.
 */
export interface SecretResolver<Store extends string = string> extends AsyncDisposable {
  /** The value of one reference. Rejects with a `ResolutionError`. */
  get(reference: ReferenceInput<Store>, options?: RequestOptions): Promise<SecretValue>;
  /** The values of all, or one `ResolutionError` that lists every failure. */
  getAll<const Wanted extends References<Store>>(
    references: Wanted,
    options?: RequestOptions,
  ): Promise<{ -readonly [Name in keyof Wanted]: SecretValue }>;
  /** What became of each; never rejects because of one of them. */
  settle<const Wanted extends References<Store>>(
    references: Wanted,
    options?: RequestOptions,
  ): Promise<{ -readonly [Name in keyof Wanted]: ReferenceOutcome }>;
  /**
   * Changes as they are seen, from the state at the first `next()` on, or from what is `known`. Ends when the signal aborts. Issued values
   * are read again only when their lease, or they, are about to end, and not at first if their lease is held.
   */
  watch(references: References<Store>, options?: WatchOptions): AsyncIterable<SecretChange>;
  /**
   * What a store holds; never values. Ends only when everything the query covers was named, so that whoever deletes
   * on absence may rely on its end. Otherwise it rejects with a `StoreError`, whose failure has the reason
   * `incomplete-list` if the store has more that could not be listed.
   */
  list(
    store: Store,
    query?: Pick<ListQuery, "prefix">,
    options?: RequestOptions,
  ): AsyncIterable<ListedSecret>;
  /** The leases that reads took, or that were taken over. */
  readonly leases: SecretLeases<Store>;
  put(store: Store, request: PutRequest, options?: RequestOptions): Promise<PutOutcome>;
  delete(store: Store, request: DeleteRequest, options?: RequestOptions): Promise<DeleteOutcome>;
  /** What a store's provider finds out about its store. */
  check(store: Store, options?: RequestOptions): Promise<CheckResult>;
  /** Dispose the result to stop listening. */
  on<Name extends keyof SluiceEvents>(
    name: Name,
    listener: (event: SluiceEvents[Name]) => unknown,
  ): Disposable;
}
