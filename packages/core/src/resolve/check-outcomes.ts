import { CONTRACT_REASON } from "../errors/failure-kind.js";
import {
  type Failure,
  FAILURE_STATUSES,
  type SecretFound,
  type SecretOutcome,
} from "../provider/secret-outcome.js";
import type { SecretRequest } from "../provider/secret-request.js";
import { SecretValue } from "../value/secret-value.js";

/**
 * One outcome per request. What breaks the contract becomes a failure: nothing unknown passes for a value.
 *
 * @param answers what a provider gave, which may be anything
 */
export function checkOutcomes(
  requests: readonly SecretRequest[],
  answers: unknown,
  now: number,
): SecretOutcome[] {
  const byId = new Map<unknown, SecretOutcome | undefined>();
  for (const answer of Array.isArray(answers) ? (answers as (SecretOutcome | null | undefined)[]) : []) {
    const id = answer?.id;
    // An identifier answered twice is ambiguous: neither answer counts.
    byId.set(id, byId.has(id) ? undefined : (answer ?? undefined));
  }
  return requests.map(({ id }) => {
    const answer = byId.get(id);
    if (answer === undefined) return { id, ...contractFailure("gave no single outcome for a request") };
    return answer.status === "found" ? checkFound(answer, now) : { id, ...checkFailure(answer) };
  });
}

/**
 * A failure of a provider, or of ours if it is none: an unknown outcome is one. Keeps what the contract knows
 * only, so that nothing else a provider attached, a response of its SDK say, finds its way into an error.
 */
export function checkFailure(failure: Partial<Failure> | null | undefined): Failure {
  const { status, reason, message, remedy, retryAfterMs } = failure ?? {};
  if (status === undefined || !FAILURE_STATUSES.includes(status))
    return contractFailure("gave an outcome of an unknown status");
  return {
    status,
    reason: typeof reason === "string" ? reason : status,
    ...(typeof message === "string" && { message }),
    ...(typeof remedy === "string" && { remedy }),
    ...(Number.isFinite(retryAfterMs) && { retryAfterMs: Math.max(0, retryAfterMs ?? 0) }),
  };
}

function checkFound(answer: SecretFound, now: number): SecretOutcome {
  const values: unknown[] = answer.value instanceof Map ? Array.from(answer.value.values()) : [answer.value];
  if (!values.every((value) => SecretValue.isInstance(value)))
    return { id: answer.id, ...contractFailure("found something that is not a SecretValue") };
  if (answer.expiresAt !== undefined && answer.expiresAt <= now)
    return {
      id: answer.id,
      status: "expired",
      reason: "expired",
      message: `has expired at ${new Date(answer.expiresAt).toISOString()}`,
      remedy: "Renew it in its store",
    };
  return answer;
}

function contractFailure(what: string): Failure {
  return {
    status: "invalid",
    reason: CONTRACT_REASON,
    message: `failed: the provider ${what}`,
    remedy: "This is a fault of the provider; report it to its authors",
  };
}
