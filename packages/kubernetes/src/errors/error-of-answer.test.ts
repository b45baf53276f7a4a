import { inspect } from "node:util";
import { expect, it } from "vitest";
import { errorOfAnswer } from "./error-of-answer.js";
import { isGone, isPassing } from "./kubernetes-error.js";

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

it("keeps the reason of a Status object, and nothing else of it", () => {
  const body = encode({ reason: "Forbidden", message: "CANARY", details: { name: "CANARY" } });
  const error = errorOfAnswer({ status: 403, body }, 0);
  expect(error).toMatchObject({ kind: "answered", status: 403, reason: "Forbidden" });
  expect(error.message).toBe("The Kubernetes API answered 403 Forbidden");
  expect(inspect(error, { showHidden: true })).not.toContain("CANARY");
});

it.each([
  ["text", Buffer.from("<html>CANARY")],
  ["no object", encode("CANARY")],
  ["a sentence for a reason", encode({ reason: "CANARY is wrong" })],
  ["nothing", Buffer.of()],
])("makes do with the HTTP status when the body is %s", (_, body) => {
  const error = errorOfAnswer({ status: 502, body }, 0);
  expect(error).toMatchObject({ reason: "http-502", message: "The Kubernetes API answered 502" });
});

it("reads how long to wait", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(errorOfAnswer({ status: 429, retryAfter: "3", body: Buffer.of() }, now).retryAfterMs).toBe(3000);
});

it("tells what may pass, and that history is gone", () => {
  const of = (status: number) => errorOfAnswer({ status, body: Buffer.of() }, 0);
  expect([429, 500, 503, 504].map((status) => isPassing(of(status)))).toEqual([true, true, true, true]);
  expect([400, 401, 403, 404, 410].some((status) => isPassing(of(status)))).toBe(false);
  expect([isGone(of(410)), isGone(of(404))]).toEqual([true, false]);
});
