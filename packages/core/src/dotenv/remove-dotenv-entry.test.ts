import { describe, expect, it } from "vitest";

import { removeDotenvEntry } from "./remove-dotenv-entry.js";

describe("removeDotenvEntry", () => {
  it.each([
    ["the only entry", "A=1\n", ""],
    ["the first entry", "\uFEFFA=1\nB=2", "\uFEFFB=2"],
    ["an entry of several lines", "B=2\r\n  export A='1\r\n2' # c\r\nC=3\r\n", "B=2\r\nC=3\r\n"],
    ["the last entry of a text without a final line break", "B=2\nA=1", "B=2\n"],
    ["nothing that is not there", "# A=1\nAA=1\n", "# A=1\nAA=1\n"],
    ["no comment on a line of its own", "# about A\n\nA=1\n\n# end\n", "# about A\n\n\n# end\n"],
  ])("removes %s", (_, text, expected) => {
    expect(removeDotenvEntry(text, "A")).toBe(expected);
  });
});
