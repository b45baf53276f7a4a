import type { Failure } from "@sluice/core";
import { type ErrorFacts, factsOf } from "./error-facts.js";
import { networkFailure } from "./network-failure.js";

const NAMES = new Set([
  "AggregateAuthenticationError",
  "AuthenticationError",
  "AuthenticationRequiredError",
  "ClientConfigurationError",
  "CredentialUnavailableError",
]);

/** Whether an error tells that we could not log in. */
export function isLoginError(error: unknown): boolean {
  return NAMES.has(factsOf(error).name);
}

/** What an error of `@azure/identity` means; `undefined` for any other. */
export function loginFailure({ name }: ErrorFacts, causes: readonly unknown[]): Failure | undefined {
  if (!NAMES.has(name)) return undefined;
  const statuses = causes.map((cause) => factsOf(cause).statusCode ?? 0);
  if (networkFailure(causes) || causes.some(isUnresolved) || statuses.some((code) => code >= 500))
    return {
      status: "unavailable",
      reason: "login-unreachable",
      message: "cannot be asked for: the login service does not answer",
      remedy: "Check the network, and the cloud in the options",
    };
  if (statuses.includes(429))
    return {
      status: "throttled",
      reason: "login-throttled",
      message: "cannot be asked for: there were too many logins",
    };
  if (name === "CredentialUnavailableError" || name === "AggregateAuthenticationError")
    return {
      status: "denied",
      reason: "credential-unavailable",
      message: "cannot be asked for: there is no credential to log in with",
      remedy: "Choose how to log in with `auth`, or check what it names",
    };
  const { code } = causes.map(factsOf).find((facts) => facts.code !== undefined) ?? {};
  return {
    status: "denied",
    reason: code ?? "login-refused",
    message: "cannot be asked for: the login was refused",
    remedy: "Check the credential in `auth`: its tenant, its client identifier, and whether it has expired",
  };
}

/** MSAL found no login endpoint. The SDK drops the cause and keeps its code in the message only. */
function isUnresolved(cause: unknown): boolean {
  return cause instanceof Error && /endpoints_resolution_error|network_error/.test(cause.message);
}
