import { describe, expect, it } from "vitest";
import { isSecret, secretTarget, versionInput } from "./secret-target.js";

const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf";

describe("secretTarget", () => {
  it("takes names and ARNs", () => {
    expect(secretTarget("app/db")).toEqual({ secretId: "app/db" });
    expect(secretTarget("rds!db-1234")).toEqual({ secretId: "rds!db-1234" });
    expect(secretTarget(ARN)).toEqual({ secretId: ARN, region: "eu-west-1" });
  });

  it.each(["", "a b", "ä", "arn:aws:s3:::x", `${ARN}:key:AWSCURRENT:`])("refuses %j", (path) => {
    expect(secretTarget(path)).toMatchObject({ status: "invalid", reason: "secret-name" });
  });
});

describe("isSecret", () => {
  it("knows a secret by its name, its ARN, and that without its random end", () => {
    for (const id of ["app/db", ARN, ARN.slice(0, -7)]) expect(isSecret(id, "app/db", ARN)).toBe(true);
    for (const id of ["app", `${ARN}x`, ""]) expect(isSecret(id, "app/db", ARN)).toBe(false);
  });
});

describe("versionInput", () => {
  it("asks for no version that there cannot be", () => {
    const VersionId = "0b1e7c6a-0000-4000-8000-000000000000";
    expect(versionInput({ kind: "latest" })).toEqual({});
    expect(versionInput({ kind: "exact", version: VersionId })).toEqual({ VersionId });
    expect(versionInput({ kind: "exact", version: "3" })).toBeUndefined();
    expect(versionInput({ kind: "label", label: "AWSPREVIOUS" })).toEqual({ VersionStage: "AWSPREVIOUS" });
  });
});
