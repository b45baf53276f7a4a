import { expect, it } from "vitest";
import { planCalls } from "./plan-calls.js";

it("asks for each name once, and for one parameter once in a call", () => {
  const a = { name: "/a", ask: "/a" };
  const first = { name: "/a", ask: "/a:1" };
  const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a";
  const byArn = { name: arn, ask: arn };
  const b = { name: "b", ask: "b" };
  expect(planCalls([a, first, a, byArn, b])).toEqual([[a, b], [first], [byArn]]);
  expect(planCalls([])).toEqual([]);
});
