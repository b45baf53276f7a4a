import { expect, it } from "vitest";
import { failureNamed } from "../failure/failure-of.js";
import { findingsOf } from "./check-result.js";

it.each([
  [undefined, ["reachable ok", "authenticated ok"]],
  ["TimeoutError", ["reachable failed"]],
  ["ThrottlingException", ["reachable warning"]],
  ["AccessDeniedException", ["reachable ok", "authenticated ok", "listing warning"]],
  ["ExpiredTokenException", ["authenticated failed"]],
  ["RegionMissing", ["authenticated failed"]],
])("tells what %s means for the store", (name, expected) => {
  const findings = findingsOf("ssm:DescribeParameters", name === undefined ? undefined : failureNamed(name));
  expect(findings.map(({ aspect, status }) => `${aspect} ${status}`)).toEqual(expected);
  for (const { status, remedy } of findings) expect(remedy === undefined).toBe(status === "ok");
});
