import { describe, expect, it } from "vitest";
import { errorName, failureNamed, failureOf, mayDifferByItem } from "./failure-of.js";

function sdkError(name: string, more: object = {}): Error {
  return Object.assign(new Error("canary: what AWS quotes"), { name, ...more });
}

describe("failureOf", () => {
  it.each([
    ["ThrottlingException", "throttled"],
    ["TooManyRequestsException", "throttled"],
    ["AccessDeniedException", "denied"],
    ["UnrecognizedClientException", "denied"],
    ["ExpiredTokenException", "denied"],
    ["ExpiredToken", "denied"],
    ["CredentialsProviderError", "denied"],
    ["DecryptionFailure", "denied"],
    ["InvalidKeyId", "invalid"],
    ["ParameterNotFound", "not-found"],
    ["ResourceNotFoundException", "not-found"],
    ["ValidationException", "invalid"],
    ["InternalServerError", "unavailable"],
    ["TimeoutError", "unavailable"],
    ["deadline", "unavailable"],
  ])("takes %s for %s", (name, status) => {
    const failure = failureOf(sdkError(name));
    expect(failure).toMatchObject({ status, reason: name });
    expect(JSON.stringify(failure)).not.toContain("canary");
  });

  it("goes by the HTTP status where the name is not known", () => {
    const statusOf = (httpStatusCode: number) =>
      failureOf(sdkError("Odd", { $metadata: { httpStatusCode } })).status;
    expect([400, 403, 429, 500, 503].map(statusOf)).toEqual([
      "invalid",
      "denied",
      "throttled",
      "unavailable",
      "unavailable",
    ]);
  });

  it("tells how long to wait", () => {
    const after = (header: string) =>
      failureOf(sdkError("ThrottlingException", { $response: { headers: { "Retry-After": header } } }), 1000);
    expect(after("3").retryAfterMs).toBe(3000);
    expect(after(new Date(5000).toUTCString()).retryAfterMs).toBe(4000);
    expect(after("soon")).not.toHaveProperty("retryAfterMs");
  });

  it.each([
    [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [Object.assign(new AggregateError([]), { code: "ENOTFOUND" }), "ENOTFOUND"],
    [new SyntaxError("canary"), "unreadable-answer"],
    [{ name: "what it held: canary" }, "unknown-error"],
    ["canary", "unknown-error"],
    [null, "unknown-error"],
    [new Error("Region is missing"), "RegionMissing"],
  ])("names %o safely", (error, name) => {
    expect(errorName(error)).toBe(name);
  });
});

describe("mayDifferByItem", () => {
  it("holds for what is about a secret, not for what is about us or the network", () => {
    const names = ["AccessDeniedException", "ValidationException", "InvalidKeyId"];
    expect(names.every((name) => mayDifferByItem(failureNamed(name)))).toBe(true);
    const ours = ["ExpiredTokenException", "ThrottlingException", "TimeoutError", "RegionMissing"];
    expect(ours.some((name) => mayDifferByItem(failureNamed(name)))).toBe(false);
  });
});
