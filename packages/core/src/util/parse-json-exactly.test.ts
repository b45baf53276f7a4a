import { expect, it } from "vitest";
import { parseJsonExactly } from "./parse-json-exactly.js";

it.each([
  '{"a":18446744073709551615,"b":[1.10,-0,1e2,1E400,{"c":0.1}],"d":"1.10","e":null,"f":true}',
  "1.0",
  '"text"',
  "[]",
])("writes %s again as it was", (text) => {
  expect(JSON.stringify(parseJsonExactly(text))).toBe(text);
});

it("takes the last of members that are called alike, and no member for the prototype", () => {
  const parsed = parseJsonExactly('{"a":{"b":1.10},"a":18446744073709551615,"__proto__":{"x":1.0}}');
  expect(JSON.stringify(parsed)).toBe('{"a":18446744073709551615,"__proto__":{"x":1.0}}');
  expect(Reflect.get({}, "x")).toBeUndefined();
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
});

it("keeps numbers that lose nothing", () => {
  expect(parseJsonExactly('{"a":[1,-2.5,1000]}')).toEqual({ a: [1, -2.5, 1000] });
});

it("refuses what is not JSON", () => {
  for (const text of ["", "{", "{a:1}", "01"]) expect(() => parseJsonExactly(text)).toThrow(SyntaxError);
});
