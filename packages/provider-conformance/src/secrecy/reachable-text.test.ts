import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { reachableText } from "./reachable-text.js";

const VALUE = "the value";

function circular(): object {
  const root: { self?: object; text: string } = { text: VALUE };
  root.self = root;
  return root;
}

describe("reachableText", () => {
  it.each<[string, unknown]>([
    ["a text", VALUE],
    ["a property", { a: [{ b: VALUE }] }],
    ["a key", { [VALUE]: 1 }],
    ["a symbol's property", { [Symbol("s")]: VALUE }],
    ["a hidden property", Object.defineProperty({}, "x", { value: VALUE })],
    ["a getter", Object.defineProperty({}, "x", { get: () => VALUE, enumerable: true })],
    ["a map", new Map([["a", new Map([[VALUE, 1]])]])],
    ["a set", new Set([{ x: VALUE }])],
    ["bytes", { x: Buffer.from(VALUE) }],
    ["an array buffer", Uint8Array.from(Buffer.from(VALUE)).buffer],
    ["a function", Object.assign(() => undefined, { x: VALUE })],
    ["an error", new Error(VALUE)],
    ["a cause", new Error("x", { cause: new Error("y", { cause: { z: VALUE } }) })],
    ["several errors", new AggregateError([new Error(VALUE)])],
    ["what it is as JSON", { toJSON: () => ({ x: VALUE }) }],
    ["a circle", circular()],
  ])("sees the text of %s", (_, root) => {
    expect(reachableText(root)).toContain(VALUE);
  });

  it("does not see into a secret value", () => {
    const value = SecretValue.fromText(VALUE);
    expect(reachableText({ value, all: new Map([["x", value]]) })).not.toContain(VALUE);
  });
});
