import type { ProviderContext, SecretOutcome, SecretRequest } from "@sluice/core";
import { failureOf } from "../failure/refusal.js";
import type { SessionPool } from "../session/session-pool.js";
import { readSecret } from "./read-secret.js";

/** One outcome per request, each read on its own and all at once: none waits for another, nor fails with it. */
export async function resolveRequests(
  pool: SessionPool,
  requests: readonly SecretRequest[],
  { identity, signal }: ProviderContext,
): Promise<readonly SecretOutcome[]> {
  signal.throwIfAborted();
  const outcomes = await Promise.all(
    requests.map(async (request): Promise<SecretOutcome> => {
      const { id } = request;
      try {
        return { id, status: "found", ...(await readSecret(pool.access(identity), request, signal)) };
      } catch (error) {
        signal.throwIfAborted();
        return { id, ...failureOf(error) };
      }
    }),
  );
  signal.throwIfAborted();
  return outcomes;
}
