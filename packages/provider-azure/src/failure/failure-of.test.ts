import { describe, expect, it } from "vitest";
import { failureOf } from "./failure-of.js";
import { Refusal } from "./refusal.js";

const rest = (statusCode: number, code?: string, innerCode?: string): Error =>
  Object.assign(new Error("canary-message"), {
    statusCode,
    ...(code !== undefined && { code }),
    details: { error: { code, innerError: { code: innerCode } } },
  });

const named = (name: string, more: object = {}): Error =>
  Object.assign(new Error("canary-message"), { name, ...more });

describe("failureOf", () => {
  it.each<[Error, string, string]>([
    [rest(404, "SecretNotFound"), "not-found", "SecretNotFound"],
    [rest(404), "unavailable", "not-a-key-vault"],
    [rest(302), "unavailable", "not-a-key-vault"],
    [rest(403, "Forbidden", "SecretDisabled"), "disabled", "SecretDisabled"],
    [rest(403, "Forbidden", "KeyDisabled"), "disabled", "KeyDisabled"],
    [rest(403, "Forbidden", "SecretExpired"), "expired", "SecretExpired"],
    [rest(403, "Forbidden", "ForbiddenByRbac"), "denied", "ForbiddenByRbac"],
    [rest(401, "Unauthorized"), "denied", "Unauthorized"],
    [rest(400, "BadParameter"), "invalid", "BadParameter"],
    [rest(409, "Conflict", "ObjectIsDeletedButRecoverable"), "conflict", "ObjectIsDeletedButRecoverable"],
    [rest(429, "Throttled"), "throttled", "Throttled"],
    [rest(503), "unavailable", "http-503"],
    [rest(408), "unavailable", "http-408"],
    [named("CredentialUnavailableError"), "denied", "credential-unavailable"],
    [
      named("AggregateAuthenticationError", { errors: [named("CredentialUnavailableError")] }),
      "denied",
      "credential-unavailable",
    ],
    [
      named("AuthenticationRequiredError", { cause: named("ServerError", { errorCode: "invalid_client" }) }),
      "denied",
      "invalid_client",
    ],
    [
      named("AuthenticationRequiredError", { cause: { code: "ENOTFOUND" } }),
      "unavailable",
      "login-unreachable",
    ],
    [named("AuthenticationError", { statusCode: 502 }), "unavailable", "login-unreachable"],
    [named("AuthenticationError", { statusCode: 429 }), "throttled", "login-throttled"],
    [named("RestError", { code: "ENOTFOUND" }), "unavailable", "ENOTFOUND"],
    [named("RestError", { code: "CERT_HAS_EXPIRED" }), "unavailable", "CERT_HAS_EXPIRED"],
    [named("Weird"), "unavailable", "Weird"],
    [new Refusal({ status: "invalid", reason: "ours" }), "invalid", "ours"],
  ])("%o", (error, status, reason) => {
    const failure = failureOf(error);
    expect(failure).toMatchObject({ status, reason });
    expect(JSON.stringify(failure)).not.toContain("canary");
  });

  it("takes no word of an error that could be a secret's text", () => {
    const failure = failureOf(rest(400, "canary value!", "canary-1234"));
    expect(failure).toMatchObject({ status: "invalid", reason: "http-400" });
    expect(failureOf("canary").reason).toBe("Error");
  });
});
