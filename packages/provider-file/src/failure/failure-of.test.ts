import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { failureOf } from "./failure-of.js";

describe("failureOf", () => {
  it.each([
    ["ENOENT", "invalid"],
    ["EACCES", "denied"],
    ["ENAMETOOLONG", "invalid"],
    ["EMFILE", "unavailable"],
  ])("takes %s for %s, in whatever context it was made", (code, status) => {
    const error: unknown = runInNewContext("Object.assign(new Error(), { syscall: 'open', code })", { code });
    expect(error).not.toBeInstanceOf(Error);
    expect(failureOf(error, "/x")).toMatchObject({ status });
  });

  it("throws on what it does not know", () => {
    const error = new TypeError("x");
    expect(() => failureOf(error, "/x")).toThrow(error);
  });
});
