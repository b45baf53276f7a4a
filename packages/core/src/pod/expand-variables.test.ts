import { describe, expect, it } from "vitest";
import { expandVariables } from "./expand-variables.js";

const VALUES: Readonly<Record<string, string>> = { A: "1", B: "$(A)", EMPTY: "", "X Y": "2" };
const expand = (text: string): string =>
  expandVariables(text, (name) => name in VALUES)
    .map((part) => (typeof part === "string" ? part : VALUES[part.name]))
    .join("");

describe("expandVariables", () => {
  // What the kubelet's own expansion gives for each.
  it.each([
    ["", ""],
    ["plain", "plain"],
    ["$(A)", "1"],
    ["$(A)$(A)", "11"],
    ["a$(A)b$(EMPTY)c", "a1bc"],
    ["$(B)", "$(A)"],
    ["$(X Y)", "2"],
    ["$(UNKNOWN)", "$(UNKNOWN)"],
    ["$()", "$()"],
    ["$$(A)", "$(A)"],
    ["$$$(A)", "$1"],
    ["$$$$(A)", "$$(A)"],
    ["$A", "$A"],
    ["$$", "$"],
    ["$", "$"],
    ["a$", "a$"],
    ["$(A", "$(A"],
    ["$($(A)", "$($(A)"],
    ["$(A$(A)", "$(A$(A)"],
    ["${A}$(A)", "${A}1"],
    ["$é$(A)", "$é1"],
    ["$😀$(A)", "$😀1"],
  ])("%j is %j", (text, expanded) => {
    expect(expand(text)).toBe(expanded);
  });
});
