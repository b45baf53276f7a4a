import type { SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretRequest } from "../provider/secret-request.js";
import { pause } from "../util/pause.js";
import { boundedAttempt, TIMED_OUT } from "./bounded-attempt.js";
import { DEADLINE_FAILURE, failureOfThrown } from "./failure-of-thrown.js";
import type { RetryOptions } from "./resolver-options.js";
import { retryDelay } from "./retry-delay.js";

export interface BatchCall {
  readonly requests: readonly SecretRequest[];
  readonly retry: Required<RetryOptions>;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** When the last of those who wait gives up, in milliseconds since the epoch. */
  readonly deadline: () => number;
  /** Waits for a place among the calls to this store. */
  readonly limit: <Result>(call: () => Promise<Result>) => Promise<Result>;
  /** Those of the requests that are still wanted; asked before each try. */
  readonly board: (requests: readonly SecretRequest[]) => readonly SecretRequest[];
  readonly attempt: (
    requests: readonly SecretRequest[],
    attempt: number,
    signal: AbortSignal,
  ) => Promise<readonly SecretOutcome[]>;
  /** Called once per request that is wanted, as soon as its outcome is final. */
  readonly deliver: (outcome: SecretOutcome) => void;
  readonly onRetry: (requests: number, attempt: number, delayMs: number) => void;
}

/**
 * Calls a provider for a batch until every request has a final outcome: found, a failure that trying again
 * cannot mend, or the last try's. Only what may succeed is asked again. Rejects only when `signal` aborts.
 */
export async function callWithRetries(call: BatchCall): Promise<void> {
  const { retry, signal } = call;
  const volatile = new Set(call.requests.filter((request) => request.volatile).map(({ id }) => id));
  let open = call.requests;
  for (let attempt = 1; ; attempt += 1) {
    const outcomes = await attemptOnce(call, open, attempt);
    // A pause past the deadline would only make everybody wait for the answer that is known now.
    const remainingMs = attempt < retry.attempts ? call.deadline() - Date.now() : 0;
    const retryable = outcomes.filter(
      (outcome) => mayRetry(outcome, volatile.has(outcome.id)) && retryAfterOf(outcome) < remainingMs,
    );
    const retryAfterMs = retryable.reduce((longest, outcome) => Math.max(longest, retryAfterOf(outcome)), 0);
    const delayMs = retryDelay(attempt, retryAfterMs, retry);
    const again = new Set(delayMs < remainingMs ? retryable.map(({ id }) => id) : []);
    for (const outcome of outcomes) if (!again.has(outcome.id)) call.deliver(outcome);
    if (again.size === 0) return;
    open = open.filter((request) => again.has(request.id));
    call.onRetry(open.length, attempt + 1, delayMs);
    await pause(delayMs, signal);
  }
}

async function attemptOnce(
  call: BatchCall,
  open: readonly SecretRequest[],
  attempt: number,
): Promise<readonly SecretOutcome[]> {
  let requests = open;
  try {
    const outcomes = await call.limit(async () => {
      requests = call.board(open);
      if (requests.length === 0) return [];
      // Counted from here: waiting for a place is not the store's fault.
      const timeoutMs = Math.max(1, Math.min(call.retry.attemptTimeoutMs, call.deadline() - Date.now()));
      return boundedAttempt(call.signal, timeoutMs, (signal) => call.attempt(requests, attempt, signal));
    });
    return outcomes === TIMED_OUT ? requests.map(({ id }) => ({ id, ...DEADLINE_FAILURE })) : outcomes;
  } catch (thrown) {
    call.signal.throwIfAborted();
    return requests.map(({ id }) => ({ id, ...failureOfThrown(thrown) }));
  }
}

// Throttled means nothing was done. Unavailable may mean that it was: an issuing read is not sent twice.
function mayRetry(outcome: SecretOutcome, volatile: boolean): boolean {
  return outcome.status === "throttled" || (outcome.status === "unavailable" && !volatile);
}

function retryAfterOf(outcome: SecretOutcome): number {
  return outcome.status === "found" ? 0 : (outcome.retryAfterMs ?? 0);
}
