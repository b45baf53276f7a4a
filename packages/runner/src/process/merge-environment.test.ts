import { describe, expect, it } from "vitest";
import { mergeEnvironment } from "./merge-environment.js";

describe("mergeEnvironment", () => {
  const base = { Path: "C:\\base", HOME: "h" };
  const overlay = { PATH: "C:\\overlay", home: "o", New: "n" };

  it("takes names as they are", () => {
    expect(mergeEnvironment(base, overlay, "linux")).toStrictEqual({ ...base, ...overlay });
  });

  it("takes Path and PATH for one on Windows, with the first name and the last value", () => {
    expect(mergeEnvironment(base, overlay, "win32")).toStrictEqual({
      Path: "C:\\overlay",
      HOME: "o",
      New: "n",
    });
  });
});
