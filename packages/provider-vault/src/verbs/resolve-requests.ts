import {
  type Failure,
  mapBounded,
  type ProviderContext,
  type SecretOutcome,
  type SecretRecord,
  type SecretRequest,
} from "@sluice/core";
import { malformed } from "../failure/failures.js";
import { failureOf } from "../failure/refusal.js";
import { placeOf } from "../mount/place.js";
import type { Access, SessionPool } from "../session/session-pool.js";
import type { WrappedSecrets } from "../wrapping/wrapped-secrets.js";
import { ciphertextIn, isDecryption } from "./decrypt-batch.js";
import { planReads, type Step } from "./plan-reads.js";
import { readSecret } from "./read-secret.js";

/** Most reads of one call that are under way at once. */
const CONCURRENCY = 20;

/** One outcome per request; none fails with another. */
export async function resolveRequests(
  pool: SessionPool,
  wrapped: WrappedSecrets,
  requests: readonly SecretRequest[],
  context: ProviderContext,
): Promise<readonly SecretOutcome[]> {
  const { identity, signal } = context;
  signal.throwIfAborted();
  const access = await orFailure(signal, async () => pool.access(identity));
  if ("status" in access) return requests.map(({ id }) => ({ id, ...access }));
  const steps = await Promise.all(
    requests.map(async (request) => {
      const step = await orFailure(signal, async () => stepOf(access, wrapped, request, context));
      return { id: request.id, step: "status" in step ? { kind: "failure" as const, failure: step } : step };
    }),
  );
  const reads = planReads(steps, access.session.ask, signal);
  const outcomes = await mapBounded(reads, CONCURRENCY, async ({ ids, run }) => {
    const answers = await orFailure(signal, run);
    return ids.map((id, at) => outcomeOf(id, "status" in answers ? answers : answers[at]));
  });
  signal.throwIfAborted();
  return outcomes.flat();
}

/** Rejects with a `Refusal`. */
async function stepOf(
  { session, mounts }: Access,
  wrapped: WrappedSecrets,
  request: SecretRequest,
  { identity, signal }: ProviderContext,
): Promise<Step> {
  const { path, version } = request;
  if (wrapped.includes(path))
    return { kind: "read", read: async () => wrapped.read(path, version, identity, signal) };
  const place = await placeOf(mounts, path, signal);
  if (isDecryption(place))
    return { kind: "decrypt", place, ciphertext: ciphertextIn(place.parameters ?? {}, version) };
  return { kind: "read", read: async () => readSecret(session.ask, place, request, signal) };
}

function outcomeOf(id: string, answer: SecretRecord | Failure = malformed()): SecretOutcome {
  return "status" in answer ? { id, ...answer } : { id, status: "found", ...answer };
}

async function orFailure<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result | Failure> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}
