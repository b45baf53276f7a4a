import { describe, expect, it } from "vitest";
import { parseEnvironment } from "./parse-environment.js";

describe("parseEnvironment", () => {
  it("keeps every name and value as it is, and of two the first", () => {
    const block = "A=1\0my.var=x=y\0EMPTY=\0MULTI=one\ntwo\0A=2\0__proto__=p\0nothing\0=odd\0";
    expect(Object.entries(parseEnvironment(block))).toStrictEqual([
      ["A", "1"],
      ["my.var", "x=y"],
      ["EMPTY", ""],
      ["MULTI", "one\ntwo"],
      ["__proto__", "p"],
    ]);
  });
});
