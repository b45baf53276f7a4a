import type { Failure } from "@sluice/core";
import { causesOf, factsOf } from "./error-facts.js";
import { loginFailure } from "./login-failure.js";
import { networkFailure } from "./network-failure.js";
import { Refusal } from "./refusal.js";
import { responseFailure } from "./response-failure.js";

/** What an error of the SDK, or on the way to it, means. Nothing of its message is kept. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  const facts = factsOf(error);
  const causes = causesOf(error);
  return (
    loginFailure(facts, causes) ??
    responseFailure(facts, Date.now()) ??
    networkFailure(causes) ??
    challengeFailure(error) ?? {
      status: "unavailable",
      reason: facts.code ?? facts.name,
      message: "could not be read: the Azure SDK failed",
      remedy: "Check the vault's address, and that it can be reached",
    }
  );
}

/** The SDK keeps a token from an address that asks for one of another resource; it has no code for that. */
function challengeFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !error.message.startsWith("The challenge ")) return undefined;
  return {
    status: "denied",
    reason: "challenge-mismatch",
    message: "was not asked for: the server wants a token that is not for its own address",
    remedy: "Check that the address is that of a Key Vault of this cloud",
  };
}
