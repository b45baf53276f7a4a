import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import { convertValue, type DecodingStrategy } from "./convert-value.js";

const text = (value: ReturnType<NonNullable<ReturnType<typeof convertValue>>>): string =>
  SecretValue.isInstance(value) ? value.text() : value.reason;
const JSON_TEXT = '{"a.b":"dotted","db":{"user":"app","x.y":1,"deep":{"er":true}},"list":[1]}';

it.each([
  ["a.b", "dotted"],
  ["db.user", "app"],
  ["db.x.y", "1"],
  ["db.deep.er", "true"],
  ["db", '{"user":"app","x.y":1,"deep":{"er":true}}'],
  ["db.none", "field-missing"],
  ["list.0", "field-missing"],
  ["none", "field-missing"],
])("the property %s is %s", (property, expected) => {
  expect(text(convertValue(property, "None")!(SecretValue.fromText(JSON_TEXT)))).toBe(expected);
});

it.each<[DecodingStrategy, string, string]>([
  ["Base64", "aGVsbG8=", "hello"],
  ["Base64", "no base64!", "not-decodable"],
  ["Base64URL", "aGVsbG8_", "hello?"],
  ["Auto", "aGVsbG8=", "hello"],
  ["Auto", "aGVsbG8_", "hello?"],
  ["Auto", "no base64!", "no base64!"],
])("decoded as %s, %s is %s", (strategy, value, expected) => {
  expect(text(convertValue(undefined, strategy)!(SecretValue.fromText(value)))).toBe(expected);
});

it("is nothing where nothing is asked for", () => expect(convertValue(undefined, "None")).toBeUndefined());
