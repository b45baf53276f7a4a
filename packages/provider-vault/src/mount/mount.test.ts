import { describe, expect, it } from "vitest";
import { apiPath, type Mount, mountOf, pathAbove, pathBelow } from "./mount.js";

const kv1: Mount = { path: "old/", kind: "kv1" };
const kv2: Mount = { path: "team/kv/", kind: "kv2" };

describe("mountOf", () => {
  it.each([
    [{ type: "kv", options: { version: "2" } }, "kv2"],
    [{ type: "kv", options: { version: "1" } }, "kv1"],
    [{ type: "kv", options: null }, "kv1"],
    [{ type: "generic" }, "kv1"],
    [{ type: "database", options: null }, "engine"],
    [{ type: "pki" }, "pki"],
    [{ type: "transit", config: { default_lease_ttl: 0 } }, "transit"],
    [{}, "engine"],
  ])("takes %j for %s", (description, kind) => {
    expect(mountOf("m/", description)).toEqual({ path: "m/", kind });
  });

  it.each([
    ["sys/", "system"],
    ["team/sys/", "ns_system"],
    ["auth/token/", "token"],
    ["auth/jwt/", "jwt"],
  ])("refuses the server's own %s", (path, type) => {
    expect(() => mountOf(path, { type })).toThrow("bad-path");
  });
});

it("refuses an auth method of a namespace below, which only what it issues gives away", () => {
  const description = { type: "userpass", config: { token_type: "default-service" } };
  expect(() => mountOf("team/auth/up/", description)).toThrow("bad-path");
});

describe("a path below its mount", () => {
  it.each([
    [kv2, "team/kv/app/db", "app/db", "team/kv/data/app/db"],
    [kv2, "team/kv/data/app/db", "app/db", "team/kv/data/app/db"],
    [kv2, "team/kv/data/data/app", "data/app", "team/kv/data/data/app"],
    [kv2, "team/kv/data", "data", "team/kv/data/data"],
    [kv2, "team/kv/database", "database", "team/kv/data/database"],
    [kv1, "old/data/app", "data/app", "old/data/app"],
    [kv1, "old/a b?", "a b?", "old/a%20b%3F"],
  ])("of %j: %s", (mount, path, below, api) => {
    expect(pathBelow(mount, path)).toBe(below);
    expect(apiPath(mount, below)).toBe(api);
    expect(pathBelow(mount, pathAbove(mount, below))).toBe(below);
  });

  it("has other aspects in version 2 only", () => {
    expect(apiPath(kv2, "a", "metadata")).toBe("team/kv/metadata/a");
    expect(apiPath(kv1, "a", "metadata")).toBe("old/a");
  });
});
