import type { Failure, SecretLease } from "../provider/secret-outcome.js";
import { boundedAttempt, TIMED_OUT } from "./bounded-attempt.js";
import { checkFailure } from "./check-outcomes.js";
import { DEADLINE_FAILURE, failureOfThrown } from "./failure-of-thrown.js";
import type { BookedLease } from "./lease-book.js";
import type { ProviderHandle } from "./provider-handle.js";

/** Time for one call, in milliseconds: a store that is away must not keep a process from ending. */
const TIMEOUT_MS = 5_000;

const LACKING: Failure = { status: "unsupported", reason: "capability" };

/** Renews a lease, once. Rejects only with the signal's reason when it aborts. */
export async function renewLease(
  handle: ProviderHandle,
  lease: BookedLease,
  signal: AbortSignal,
): Promise<SecretLease | Failure> {
  const answer = await ask(handle, "renewLease", lease, signal);
  return "ttlMs" in answer && Number.isFinite(answer.ttlMs) && answer.ttlMs > 0
    ? answer
    : checkFailure(answer as Partial<Failure>);
}

/** Gives a lease back, once. Rejects only with the signal's reason when it aborts. */
export async function revokeLease(
  handle: ProviderHandle,
  lease: Pick<BookedLease, "id" | "identity">,
  signal: AbortSignal,
): Promise<{ readonly status: "revoked" } | Failure> {
  const answer = await ask(handle, "revokeLease", lease, signal);
  return answer.status === "revoked" ? { status: "revoked" } : checkFailure(answer);
}

async function ask<Verb extends "renewLease" | "revokeLease">(
  handle: ProviderHandle,
  verb: Verb,
  { id, identity }: Pick<BookedLease, "id" | "identity">,
  signal: AbortSignal,
): Promise<Answer<Verb> | Failure> {
  const context = { deadline: Date.now() + TIMEOUT_MS, identity, trace: { id } };
  try {
    const answer = await boundedAttempt(signal, TIMEOUT_MS, async (attempt) =>
      handle.provider[verb]?.(id, { ...context, signal: attempt }),
    );
    if (answer === TIMED_OUT) return DEADLINE_FAILURE;
    return (answer ?? LACKING) as Answer<Verb> | Failure;
  } catch (thrown) {
    signal.throwIfAborted();
    return failureOfThrown(thrown);
  }
}

type Answer<Verb> = Verb extends "renewLease" ? SecretLease : { readonly status: "revoked" };
