import { expect, it } from "vitest";
import { parseProblem } from "./parse-answer.js";

// The table of section 3, without a body.
it.each([
  [400, "usage"],
  [405, "usage"],
  [411, "usage"],
  [413, "usage"],
  [415, "usage"],
  [401, "denied"],
  [403, "denied"],
  [409, "denied"],
  [404, "not-found"],
  [422, "configuration"],
  [429, "deadline"],
  [500, "bug"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
  [418, "unavailable"],
  [302, "unavailable"],
])("3.6 status %i alone is %s", (status, kind) => {
  for (const body of ["", "<html>", "[]", '{"protocol":1,"error":{"kind":"new"}}'])
    expect(parseProblem(status, body, undefined)).toMatchObject({ status, detail: { kind } });
});

it("3.6 goes by the kind that the body names", () => {
  const body = JSON.stringify({ protocol: 1, error: { kind: "denied", reason: "r", message: "m" } });
  expect(parseProblem(503, body, undefined).detail).toEqual({ kind: "denied", reason: "r", message: "m" });
});

it.each([
  ["7", 7],
  ["0", 0],
  [undefined, undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
  ["1e9", undefined],
])("3.7 reads Retry-After %j as %j seconds", (text, seconds) => {
  expect(parseProblem(503, "", text).detail.retryAfterSeconds).toBe(seconds);
});
