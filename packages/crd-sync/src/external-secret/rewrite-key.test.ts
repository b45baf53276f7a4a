import { expect, it } from "vitest";
import { SyncFailure } from "../source/sync-failure.js";
import { rewriteKey } from "./rewrite-key.js";

it.each([
  ["what no key may have becomes _", [], "a/b c", "a_b_c"],
  ["a beginning goes", [{ source: "^app/", target: "" }], "app/db", "db"],
  ["groups by number", [{ source: "(\\w+)-(\\w+)", target: "${2}_$1" }], "a-b", "b_a"],
  ["a number ends where a name would", [{ source: "(a)", target: "${1}x" }], "a", "ax"],
  ["a name that is no group is nothing", [{ source: "(a)", target: "$1x" }], "ab", "b"],
  [
    "a name that every object has is nothing",
    [{ source: "a", target: "x${constructor}$toString" }],
    "a",
    "x",
  ],
  ["groups by name", [{ source: "(?P<rest>.*)-db", target: "${rest}" }], "app-db", "app"],
  ["a dollar", [{ source: "a", target: "$$" }], "a", "_"],
  ["every match", [{ source: "[^a-z]", target: "-" }], "a1b2", "a-b-"],
  [
    "one after the other",
    [
      { source: "a", target: "b" },
      { source: "b", target: "c" },
    ],
    "ab",
    "cc",
  ],
])("%s", (_, rewrites, key, expected) => expect(rewriteKey(rewrites, "Default")(key)).toBe(expected));

it("writes the codes of characters", () => {
  expect(rewriteKey([], "Unicode")("a/ü😀")).toBe("a_U002F__U00FC__U1F600_");
});

it("stops a key that grows without bound, long before it is there", () => {
  const double = { source: "(.+)", target: "$1$1" };
  const keyOf = rewriteKey(
    Array.from({ length: 26 }, () => double),
    "Default",
  );
  expect(() => keyOf("password")).toThrow(
    new SyncFailure(
      "InvalidKey",
      "spec.dataFrom has a rewrite that makes a key longer than 1024 characters: correct its target",
    ),
  );
  const wide = rewriteKey([{ source: "", target: "a".repeat(200) }], "Default");
  expect(() => wide("password")).toThrow("longer than 1024 characters");
});

it("shortens also what is longer than any key", () => {
  const long = `${"folder/".repeat(400)}db`;
  expect(rewriteKey([{ source: "^.*/", target: "" }], "Default")(long)).toBe("db");
});
