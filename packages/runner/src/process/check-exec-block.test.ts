import { describe, expect, it } from "vitest";
import { checkExecBlock, execLimits } from "./check-exec-block.js";

const LIMITS = { string: 100, total: 200 };

describe("checkExecBlock", () => {
  it("takes what fits to the byte", () => {
    // NAME=value and its end mark; two of them with a pointer each make 200 bytes.
    expect(() => checkExecBlock([], { A: "x".repeat(97) }, LIMITS)).not.toThrow();
    expect(() => checkExecBlock(["x".repeat(91)], { A: "x".repeat(89) }, LIMITS)).not.toThrow();
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["a long variable", [], { A: "x".repeat(98) }, 'Variable "A" takes 101 bytes'],
    ["a long argument", ["tool", "ü".repeat(50)], {}, "Argument 1 takes 101 bytes"],
    ["too much in all", ["x".repeat(91)], { A: "x".repeat(90) }, 'Variable "A" alone 93'],
    ["a NUL byte", [], { A: "x\0" }, 'Variable "A" contains a NUL byte'],
    ["a NUL byte in a name", [], { "A\0": "x" }, "contains a NUL byte"],
    ["an equals sign in a name", [], { "A=B": "x" }, '"A=B" cannot be the name'],
    ["no name", [], { "": "x" }, "cannot be the name"],
  ])("refuses %s without a word of its value", (_, args, env, problem) => {
    const check = (): void => checkExecBlock(args, env, LIMITS);
    expect(check).toThrow(problem);
    expect(check).toThrow(expect.objectContaining({ code: "SLU4003" }));
    expect(check).not.toThrow("xx");
  });
});

describe("execLimits", () => {
  const KIB = 1024;

  it.each([
    ["linux", 8192 * KIB, 2044 * KIB],
    ["linux", Infinity, 6140 * KIB],
    ["linux", undefined, 6140 * KIB],
    ["linux", 64 * KIB, 124 * KIB],
    ["darwin", undefined, 1020 * KIB],
    ["win32", undefined, Infinity],
  ] as const)("of %s with a stack of %s bytes", (platform, stack, total) => {
    expect(execLimits(platform, stack).total).toBe(total);
  });
});
