import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { UnknownStoreError } from "../errors/unknown-store-error.js";
import { identityKey, identityName } from "../provider/identity.js";
import type { Failure, SecretRecord } from "../provider/secret-outcome.js";
import { formatReference } from "../reference/format-reference.js";
import { parseReference } from "../reference/parse-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { SecretValue } from "../value/secret-value.js";
import { EXPIRED } from "./call-scope.js";
import { DEADLINE_FAILURE } from "./check-outcomes.js";
import { extractValue } from "./extract-value.js";
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
  const { version, expiresAt } = read.record;
  return {
    status: "found",
    reference: written,
    store: reference.store,
    value,
    source: read.source,
    ...(version !== undefined && { version }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

async function readRecord(store: Store, reference: SecretReference, call: Call): Promise<Read> {
  const request = requestFor(reference, store.handle.definition.capabilities.fields);
  const key = requestKey(identityKey(call.identity), request);
  const cacheable = !request.volatile;
  const cached = cacheable && !call.fresh ? store.cache.fresh(key) : undefined;
  if (cached !== undefined) return { record: cached, source: "cache" };

  // An issuing read, and one that must see the present state, belong to this call alone.
  const { flight, shared } = store.queue.flight(request, call, cacheable && !call.fresh ? "" : call.id);
  using _seat = flight.join(call.scope.deadline);
  const outcome = await call.scope.race(flight.answer);
  if (outcome !== EXPIRED && outcome.status === "found") {
    if (cacheable) store.cache.store(key, outcome);
    if (outcome.lease !== undefined) store.leases.add(outcome.lease.id);
    return { record: outcome, source: shared ? "shared" : "provider" };
  }
  const failure = outcome === EXPIRED ? DEADLINE_FAILURE : outcome;
  const stale = isPassing(failure) && cacheable ? store.cache.stale(key) : undefined;
  if (stale !== undefined) return { record: stale, source: "stale" };
  return failure;
}

function parse(input: string | SecretReference): SecretReference | FailedReference {
  try {
    // Data is read back from its notation, so that it meets the same rules.
    return parseReference(typeof input === "string" ? input : formatReference(input));
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    const { input: reference, reason, position, remedy } = thrown;
    const message = `is malformed at character ${position + 1}: ${reason}`;
    return { status: "invalid", reason: "malformed-reference", message, remedy, reference };
  }
}

function unknownStore(name: string, known: readonly string[]): Failure {
  const { remedy } = new UnknownStoreError(name, known);
  return { status: "invalid", reason: "unknown-store", message: `names no configured store`, remedy };
}

function unsupportedBy(store: Store, reference: SecretReference, call: Call): Failure | undefined {
  const { capabilities, provider } = store.handle.definition;
  const lacks = (what: string, remedy: string): Failure => ({
    status: "unsupported",
    reason: "capability",
    message: `needs ${what}, which the provider "${provider}" does not have`,
    remedy,
  });
  if (reference.version !== undefined && !capabilities.versions.exact)
    return lacks("exact versions", "Leave out version=");
  if (reference.label !== undefined && !capabilities.versions.label)
    return lacks("labels", "Leave out label=");
  if (call.identity.kind === "delegated" && capabilities.delegation !== true)
    return lacks(
      `to log in as ${identityName(call.identity)}`,
      "Let this store be read with its own identity",
    );
  return undefined;
}

function isPassing({ status }: Failure): boolean {
  return status === "unavailable" || status === "throttled";
}
