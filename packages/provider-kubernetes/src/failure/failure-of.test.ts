import { KubernetesError } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import { failureOf } from "./failure-of.js";

const answered = (status: number, reason = `http-${status}`): KubernetesError =>
  new KubernetesError({ kind: "answered", status, reason, problem: `answered ${status}`, retryAfterMs: 5 });

it.each([
  [404, "NotFound", "not-found"],
  [404, "http-404", "invalid"],
  [401, "Unauthorized", "denied"],
  [403, "Forbidden", "denied"],
  [409, "Conflict", "conflict"],
  [429, "TooManyRequests", "throttled"],
  [400, "BadRequest", "invalid"],
  [422, "Invalid", "invalid"],
  [302, "http-302", "invalid"],
  [408, "http-408", "unavailable"],
  [410, "Expired", "unavailable"],
  [500, "InternalError", "unavailable"],
  [503, "http-503", "unavailable"],
])("takes %i %s for %s", (status, reason, expected) => {
  const failure = failureOf(answered(status, reason));
  expect(failure).toMatchObject({ status: expected, reason });
  expect(failure.remedy).toBeDefined();
  expect(failure.retryAfterMs).toBe(expected === "throttled" ? 5 : undefined);
});

it.each([
  ["configuration", "invalid"],
  ["credentials", "unavailable"],
  ["protocol", "invalid"],
  ["no-answer", "unavailable"],
] as const)("takes an error of %s for %s", (kind, status) => {
  const error = new KubernetesError({ kind, reason: "r", problem: "does not answer" });
  const message = "could not be had: the Kubernetes API does not answer";
  expect(failureOf(error)).toMatchObject({ status, reason: "r", message });
});

it("keeps nothing of a foreign error", () => {
  expect(failureOf(new Error("CANARY"))).toMatchObject({ status: "unavailable", reason: "unexpected" });
  expect(JSON.stringify(failureOf(new Error("CANARY")))).not.toContain("CANARY");
});
