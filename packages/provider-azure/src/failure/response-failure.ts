import { type Failure, retryAfterMs } from "@sluice/core";
import type { ErrorFacts } from "./error-facts.js";

/** What a refusal of Key Vault means; `undefined` where it gave no answer. */
export function responseFailure(facts: ErrorFacts, now: number): Failure | undefined {
  const { statusCode, code, innerCode } = facts;
  if (statusCode === undefined) return undefined;
  const reason = innerCode ?? code ?? `http-${statusCode}`;
  if (statusCode < 400) return NO_VAULT;
  switch (statusCode) {
    case 401:
      return {
        status: "denied",
        reason,
        message: "is refused to us: the vault does not accept our token",
        remedy: "Check that `auth` logs in to the tenant the vault belongs to",
      };
    case 403:
      return forbidden(reason);
    case 404:
      return missing(reason, code);
    case 409:
      return {
        status: "conflict",
        reason,
        message: "is deleted and not yet purged, or is being changed",
        remedy: "Recover or purge the deleted secret of that name, or wait",
      };
    case 429:
      return throttled(reason, retryAfterMs(facts.retryAfter, now));
    case 408:
      return unanswered(reason);
    default:
      return statusCode >= 500 ? unanswered(reason) : rejected(reason);
  }
}

function forbidden(reason: string): Failure {
  if (/Disabled$|NotYetValid$/.test(reason))
    return {
      status: "disabled",
      reason,
      message: "is disabled",
      remedy: "Enable it in the vault, or name another version",
    };
  if (reason.endsWith("Expired"))
    return { status: "expired", reason, message: "has expired", remedy: "Set a new version in the vault" };
  return {
    status: "denied",
    reason,
    message: "is refused to us",
    remedy: /Firewall|Network|PrivateLink/.test(reason)
      ? "Let the vault's firewall admit this network"
      : "Give the identity a role such as Key Vault Secrets User, or an access policy, on this vault",
  };
}

/** Something that is no Key Vault also says 404. Only an answer in Key Vault's form tells that a secret is gone. */
function missing(reason: string, code: string | undefined): Failure {
  if (code === undefined) return NO_VAULT;
  return {
    status: "not-found",
    reason,
    message: "is not there",
    remedy: "Check its name and version; a deleted one must be recovered",
  };
}

function throttled(reason: string, waitMs: number | undefined): Failure {
  return {
    status: "throttled",
    reason,
    message: "is refused to us for now: the vault is asked too often",
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  };
}

function unanswered(reason: string): Failure {
  return { status: "unavailable", reason, message: "cannot be asked for: the vault has a fault" };
}

function rejected(reason: string): Failure {
  return {
    status: "invalid",
    reason,
    message: "is not what Key Vault takes",
    remedy: "Check the name; a value is text of at most 25 KiB",
  };
}

const NO_VAULT: Failure = {
  status: "unavailable",
  reason: "not-a-key-vault",
  message: "cannot be asked for: what answers is no Key Vault",
  remedy: "Check the vault's address",
};
