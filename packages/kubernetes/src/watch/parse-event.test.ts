import { expect, it } from "vitest";
import { parseEvent } from "./parse-event.js";
import { watchDelay } from "./watch-delay.js";

const metadata = { name: "a", resourceVersion: "7" };
const parse = (event: unknown): unknown => parseEvent(Buffer.from(JSON.stringify(event)));

it.each([
  ["ADDED", "changed"],
  ["MODIFIED", "changed"],
  ["DELETED", "deleted"],
])("takes %s for %s", (type, kind) => {
  const object = { metadata };
  expect(parse({ type, object })).toEqual({ kind, object, resourceVersion: "7" });
});

it("takes a bookmark for progress", () => {
  const object = { metadata: { resourceVersion: "9" } };
  expect(parse({ type: "BOOKMARK", object })).toEqual({ kind: "progress", resourceVersion: "9" });
});

it("throws what the server reports, without its message", () => {
  const object = { code: 410, reason: "Expired", message: "CANARY" };
  expect(() => parse({ type: "ERROR", object })).toThrow("The Kubernetes API ended a watch with 410 Expired");
});

it.each([
  { type: "ADDED", object: {} },
  { type: "NEW", object: { metadata } },
  { type: "BOOKMARK" },
  "CANARY",
])("takes nothing else: %j", (event) => {
  expect(() => parse(event)).toThrow("what is none of it");
  expect(() => parse(event)).not.toThrow("CANARY");
});

it("waits longer after every failure, up to ten seconds", () => {
  const most = [0, 1, 2, 3, 20].map((failures) => watchDelay(failures, () => 1));
  expect(most).toEqual([0, 200, 400, 800, 10_000]);
  expect(watchDelay(1, () => 0)).toBe(100);
});
