import { describe, expect, it } from "vitest";

import { setDotenvEntry } from "./set-dotenv-entry.js";

describe("setDotenvEntry", () => {
  it.each([
    ["an empty text", "", "A=x y", "A='x y'\n"],
    ["a byte order mark", "\uFEFF", "A=1", "\uFEFFA=1\n"],
    ["a text with a final line break", "B=2\n", "A=1", "B=2\nA=1\n"],
    ["a text without one", "B=2", "A=1", "B=2\nA=1"],
    ["a CRLF text", "B=2\r\n", "A=1\n2", "B=2\r\nA='1\r\n2'\r\n"],
    ["a text that ends in a comment", "# c", "A=1", "# c\nA=1"],
  ])("appends to %s", (_, text, assignment, expected) => {
    expect(setDotenvEntry(text, "A", assignment.slice(2))).toBe(expected);
  });

  it.each([
    ["its place and neighbours", "# c\nB=1\nA=2\nC=3\n", "x", "# c\nB=1\nA=x\nC=3\n"],
    ["export, spacing and a comment", "\t export A = 'old' # why\n", "x", "\t export A = x # why\n"],
    ["a comment after no value", "A= # why", "x", "A=x # why"],
    ["a missing final line break", "A=", "x", "A=x"],
    ["a CRLF text", "A='1\r\n2'\r\nB=3\r\n", "4\n5", "A='4\r\n5'\r\nB=3\r\n"],
    ["a byte order mark", "\uFEFFA=1\n", "$&", "\uFEFFA='$&'\n"],
  ])("replaces and keeps %s", (_, text, value, expected) => {
    expect(setDotenvEntry(text, "A", value)).toBe(expected);
  });

  it.each([
    ["a malformed text", "A='", "A", "1", /line 1, column 3/],
    ["a bad name", "", "A B", "1", /"A B" cannot be written/],
    ["a NUL", "A=1", "A", "\0", /value of A has a NUL/],
  ])("refuses %s", (_, text, name, value, message) => {
    expect(() => setDotenvEntry(text, name, value)).toThrow(message);
  });
});
