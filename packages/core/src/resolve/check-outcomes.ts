import { CONTRACT_REASON, DEADLINE_REASON } from "../errors/failure-kind.js";
import { SluiceError } from "../errors/sluice-error.js";
import { StoreError } from "../errors/store-error.js";
import { type Failure, FAILURE_STATUSES, type SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretRequest } from "../provider/secret-request.js";
import { SecretValue } from "../value/secret-value.js";

/** One outcome per request. What breaks the contract becomes a failure: nothing unknown passes for a value. */
export function checkOutcomes(
  requests: readonly SecretRequest[],
  answers: readonly SecretOutcome[],
  now: number,
): SecretOutcome[] {
  const byId = new Map<string, SecretOutcome | undefined>();
  // An identifier answered twice is ambiguous: neither answer counts.
  for (const answer of answers) byId.set(answer.id, byId.has(answer.id) ? undefined : answer);
  return requests.map(({ id }) => {
    const answer = byId.get(id);
    if (answer === undefined) return { id, ...contractFailure("gave no single outcome for a request") };
    if (answer.status === "found") return checkFound(answer, now);
    if (!FAILURE_STATUSES.includes(answer.status))
      return { id, ...contractFailure("gave an outcome of an unknown status") };
    return answer;
  });
}

function checkFound(answer: Extract<SecretOutcome, { status: "found" }>, now: number): SecretOutcome {
  const values = answer.value instanceof Map ? Array.from(answer.value.values()) : [answer.value];
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
    message: `was not read: the provider ${what}`,
    remedy: "This is a fault of the provider; report it to its authors",
  };
}

/**
 * What a call that threw says of each of its requests. A foreign error's message may quote anything, so only
 * its code or class is kept.
 */
export function failureOfThrown(thrown: unknown): Failure {
  if (StoreError.isInstance(thrown)) return thrown.failure;
  if (SluiceError.isInstance(thrown))
    return { status: "invalid", reason: thrown.code, message: thrown.problem, remedy: thrown.remedy };
  const code: unknown =
    thrown instanceof Error ? (Reflect.get(thrown, "code") ?? thrown.name) : typeof thrown;
  return {
    status: "unavailable",
    reason: String(code),
    message: `could not be read: the store's provider failed (${String(code)})`,
    remedy: "Check that the store can be reached",
  };
}

export const DEADLINE_FAILURE: Failure = {
  status: "unavailable",
  reason: DEADLINE_REASON,
  message: "was not answered in time",
  remedy: "Check that the store can be reached, or allow more time",
};
