import { describe, expect, it } from "vitest";
import { checkPath, encodePath } from "./secret-path.js";

describe("checkPath", () => {
  it.each([
    "",
    "/a",
    "a/",
    "a//b",
    "a/../b",
    "./a",
    "a\nb",
    "a\u0000",
    "\ud800",
    "\u202ex",
    "a\u00a0b",
    "sys/mounts",
    "auth/token/x",
    "sys",
  ])("refuses %j", (path) => expect(() => checkPath(path)).toThrow("bad-path"));

  it.each(["secret/a", "secret/auth/a", "secret/sys", "a/.../b", "ü/鍵", "system/a"])("takes %j", (path) =>
    expect(() => checkPath(path)).not.toThrow(),
  );
});

it("encodes all but the slashes", () => expect(encodePath("a b/c?d#é%")).toBe("a%20b/c%3Fd%23%C3%A9%25"));
