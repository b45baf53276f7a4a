import { describe, expect, it } from "vitest";
import { originalFileLimit } from "./restore-file-limit.js";

describe("originalFileLimit", () => {
  const raised = { soft: 4096, hard: 4096 };

  it("is that of a parent with the same hard limit and a lower soft one", () => {
    expect(originalFileLimit(raised, { soft: 1024, hard: 4096 })).toBe(1024);
  });

  it.each([
    ["nothing was raised", raised, raised],
    ["the hard limits differ", raised, { soft: 1024, hard: 8192 }],
    ["the parent is unknown", raised, undefined],
    ["ours are unknown", undefined, raised],
  ])("is unknown when %s", (_, own, parent) => {
    expect(originalFileLimit(own, parent)).toBeUndefined();
  });
});
