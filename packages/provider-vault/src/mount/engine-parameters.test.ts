import { describe, expect, it } from "vitest";
import { parametersIn } from "./engine-parameters.js";

describe("parametersIn", () => {
  it.each([
    ["", {}],
    ["common_name=a.example&ttl=24h", { common_name: "a.example", ttl: "24h" }],
    ["ciphertext=vault:v1:a+b/c==", { ciphertext: "vault:v1:a+b/c==" }],
    ["a=1%262%253", { a: "1&2%3" }],
    ["a=", { a: "" }],
    ['{"ttl":60,"names":["a","b"]}', { ttl: 60, names: ["a", "b"] }],
    ["{}", {}],
  ])("reads %j", (text, parameters) => {
    expect(parametersIn(text)).toEqual(parameters);
  });

  it.each(["a", "=1", "a=1&", "a=1&a=2", "a=%", "%=1", "{", '{"canary"}', "[1]"])("refuses %j", (text) => {
    expect(() => parametersIn(text)).toThrow("bad-path");
  });

  it("keeps a name that objects have anyway", () => {
    expect(JSON.stringify(parametersIn("__proto__=x"))).toBe('{"__proto__":"x"}');
  });
});
