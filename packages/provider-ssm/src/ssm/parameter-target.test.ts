import { describe, expect, it } from "vitest";
import { hierarchyOf, nameOfVersion, parameterKey, parameterTarget } from "./parameter-target.js";

describe("parameterTarget", () => {
  it.each([
    ["/app/db", { name: "/app/db" }],
    ["app/db", { name: "/app/db" }],
    ["db", { name: "db" }],
    ["/db", { name: "/db" }],
    [
      "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
      { name: "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db", region: "eu-west-1" },
    ],
    [
      "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/db",
      { name: "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/db", region: "cn-north-1" },
    ],
  ])("takes %s", (path, target) => {
    expect(parameterTarget(path)).toEqual(target);
  });

  it.each([
    "",
    "a b",
    "a:1",
    "/a:label",
    "ä",
    "a\n",
    "arn:aws:ssm:eu-west-1:123456789012:parameter/a:3",
    "arn:aws:s3:::x",
    "/",
    "a/",
    "/a/b/",
    "arn:aws:ssm:eu-west-1:123456789012:parameter/a/",
  ])("refuses %j", (path) => {
    expect(parameterTarget(path)).toMatchObject({ status: "invalid", reason: "parameter-name" });
  });
});

describe("hierarchyOf", () => {
  it("takes a path with a slash at its end", () => {
    expect(hierarchyOf("/app/db/")).toBe("/app/db/");
    expect(hierarchyOf("app/")).toBe("/app/");
  });

  it.each(["", "/", "//", "a", "a/b", "a//", "//a/", "ä/", "a b/", `${"x".repeat(1011)}/`])(
    "refuses %j",
    (path) => {
      expect(hierarchyOf(path)).toBeUndefined();
    },
  );
});

describe("nameOfVersion", () => {
  it("keeps versions and labels apart", () => {
    expect(nameOfVersion("a", { kind: "latest" })).toBe("a");
    expect(nameOfVersion("a", { kind: "exact", version: "3" })).toBe("a:3");
    expect(nameOfVersion("a", { kind: "label", label: "prod" })).toBe("a:prod");
    expect(nameOfVersion("a", { kind: "exact", version: "prod" })).toBeUndefined();
    expect(nameOfVersion("a", { kind: "exact", version: "0" })).toBeUndefined();
    expect(nameOfVersion("a", { kind: "label", label: "3" })).toBeUndefined();
    expect(nameOfVersion("a", { kind: "label", label: "x:y" })).toBeUndefined();
  });
});

describe("parameterKey", () => {
  it("is equal for all ways to write a name", () => {
    const names = ["/a/b", "a/b", "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b"];
    expect(new Set(names.map(parameterKey))).toEqual(new Set(["a/b"]));
  });
});
