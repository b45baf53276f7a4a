import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { UnknownStoreError } from "../errors/unknown-store-error.js";
import { type Identity, identityKey } from "../provider/identity.js";
import type { Failure, SecretRecord } from "../provider/secret-outcome.js";
import { formatReference } from "../reference/format-reference.js";
import { parseReference } from "../reference/parse-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { SecretValue } from "../value/secret-value.js";
import { EXPIRED } from "./call-scope.js";
import { lacks, lacksDelegation } from "./capable.js";
import { checkFailure } from "./check-outcomes.js";
import { extractValue } from "./extract-value.js";
import { DEADLINE_FAILURE, isPassing } from "./failure-of-thrown.js";
import type { Call } from "./open-call.js";
import type { FailedReference, ReferenceOutcome, ResolvedReference } from "./reference-outcome.js";
import { requestFor, requestKey } from "./request-key.js";
import type { Store, StoreSet } from "./store-set.js";

type Read = { readonly record: SecretRecord; readonly source: ResolvedReference["source"] } | Failure;

/** Reads one reference. Everything up to its provider's batch happens before the first yield. */
export async function readReference(
  stores: StoreSet,
  input: string | SecretReference,
  call: Call,
): Promise<ReferenceOutcome> {
  const reference = parse(input);
  if ("status" in reference) return reference;
  const written = formatReference(reference);
  const failed = (failure: Failure): FailedReference => ({
    ...failure,
    reference: written,
    store: reference.store,
  });

  const store = stores.find(reference.store);
  if (store === undefined) return failed(unknownStore(reference.store, stores.names));
  const unsupported = unsupportedBy(store, reference, call);
  const read = unsupported ?? (await readRecord(store, reference, call));
  if (!("record" in read)) return failed(read);

  const { fields } = store.handle.definition.capabilities;
  const value = extractValue(reference, read.record, fields === "native");
  if (!SecretValue.isInstance(value)) return failed(value);
  const { version, etag, expiresAt, lease } = read.record;
  if (lease !== undefined) store.leases.deliver(lease.id, written);
  return {
    status: "found",
    reference: written,
    store: reference.store,
    value,
    source: read.source,
    ...(version !== undefined && { version }),
    ...(etag !== undefined && { etag }),
    ...(lease !== undefined && { lease }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

async function readRecord(store: Store, reference: SecretReference, call: Call): Promise<Read> {
  const { cache, queue, handle } = store;
  const request = requestFor(reference, handle.definition.capabilities.fields);
  const key = requestKey(identityKey(call.identity), request);
  // An issuing read, and one that must see the present state, belong to this call alone.
  const shareable = !request.volatile && !call.fresh;
  const cached = shareable ? cache.fresh(key) : undefined;
  if (cached !== undefined) return { record: cached, source: "cache" };

  const { epoch } = cache;
  const { flight, shared } = queue.flight(request, call, shareable ? "" : call.id);
  using _seat = flight.join(call.scope.deadline);
  const outcome = await call.scope.race(flight.answer);
  if (outcome !== EXPIRED && outcome.status === "found") {
    if (!request.volatile) cache.store(key, outcome, epoch, endOf(call.identity));
    return { record: outcome, source: shared ? "shared" : "provider" };
  }
  const failure = outcome === EXPIRED ? DEADLINE_FAILURE : checkFailure(outcome);
  if (!isPassing(failure)) {
    // The store did answer: what was read before is not served any more.
    cache.delete(key);
    return failure;
  }
  const stale = shareable ? cache.stale(key) : undefined;
  return stale === undefined ? failure : { record: stale, source: "stale" };
}

function parse(input: string | SecretReference): SecretReference | FailedReference {
  try {
    // Data is read back from its notation, so that it meets the same rules.
    return parseReference(typeof input === "string" ? input : formatReference(input));
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    const { reason, position, remedy } = thrown;
    const reference = thrown.input === "" ? "(no reference)" : thrown.input;
    const message = `is malformed at character ${position + 1}: ${reason}`;
    return { status: "invalid", reason: "malformed-reference", message, remedy, reference };
  }
}

function unknownStore(name: string, known: readonly string[]): Failure {
  const { remedy } = new UnknownStoreError(name, known);
  return { status: "invalid", reason: "unknown-store", message: `names no configured store`, remedy };
}

function unsupportedBy(store: Store, reference: SecretReference, call: Call): Failure | undefined {
  const { versions } = store.handle.definition.capabilities;
  if (reference.version !== undefined && !versions.exact)
    return lacks(store, "exact versions", "Leave out version=");
  if (reference.label !== undefined && !versions.label) return lacks(store, "labels", "Leave out label=");
  return lacksDelegation(store, call.identity);
}

function endOf(identity: Identity): number | undefined {
  return identity.kind === "delegated" ? identity.expiresAt : undefined;
}
