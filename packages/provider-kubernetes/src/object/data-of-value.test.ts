import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import { dataOfValue } from "./data-of-value.js";

const of = (text: string, kind: "Secret" | "ConfigMap" = "Secret") =>
  dataOfValue(kind, SecretValue.fromText(text));

it("is base64 in a Secret, and text in a ConfigMap", () => {
  expect(of(' {"a.b": "ü", "__proto__": ""}')).toEqual({
    data: Object.fromEntries([
      ["a.b", "w7w="],
      ["__proto__", ""],
    ]),
    binaryData: {},
  });
  expect(of('{"a": "ü"}', "ConfigMap")).toEqual({ data: { a: "ü" }, binaryData: {} });
});

it.each(["", "CANARY", '"CANARY"', "[]", "null", '{"a": 1}', '{"a": null}', '{"a": "CANARY"'])(
  "refuses %j",
  (text) => {
    const failure = of(text);
    expect(failure).toMatchObject({ status: "invalid", reason: "not-fields" });
    expect(JSON.stringify(failure)).not.toContain("CANARY");
  },
);

it.each(["", ".", "..", "..a", "a b", "ü", "a/b", "x".repeat(254)])("refuses the key %j", (key) => {
  expect(of(JSON.stringify({ [key]: "x" }))).toMatchObject({ status: "invalid", reason: "key" });
});

it("takes one mebibyte in all, counted in bytes", () => {
  const half = "ü".repeat(256 * 1024);
  expect(of(JSON.stringify({ a: half, b: half }))).toHaveProperty("data");
  expect(of(JSON.stringify({ a: half, b: half, c: "x" }))).toMatchObject({ reason: "too-large" });
});
