import { describe, expect, it } from "vitest";
import { PREFIX, read, type Surroundings } from "./bank-vaults.test-support.js";

describe("secret-init's other providers", () => {
  const annotated: Surroundings = { annotations: { [`${PREFIX}provider`]: "vault" } };

  it.each([
    ["azure:keyvault:db", "secret://azure-key-vault/db"],
    ["azure:keyvault:db/0123abc", "secret://azure-key-vault/db?version=0123abc"],
    [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
      "secret://aws-secrets/arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    ],
    [
      "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
      "secret://aws-ssm/arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
    ],
  ])("%s is %s", (text, reference) => {
    expect(read(text)).toBe(reference);
  });

  it("file: is one only in pods of this notation, and needs a store", () => {
    expect(read("file:./dev.db")).toBeUndefined();
    expect(read("file:/secrets/db", annotated)).toMatch(/names a file of its container/);
    expect(read("file:/secrets/db", { ...annotated, files: "local" })).toBe("secret://local/secrets/db");
    expect(read("file:/../etc/shadow", { ...annotated, files: "local" })).toMatch(/names a file/);
  });

  it.each([
    [
      "gcp:secretmanager:projects/p/secrets/s/versions/1",
      /Google Secret Manager, for which there is no provider/,
    ],
    ["azure:keyvault:a/b/c", /names no secret that a vault can hold/],
    ["azure:keyvault:a_b", /names no secret that a vault can hold/],
  ])("refuses %s", (text, problem) => {
    expect(read(text)).toMatch(problem);
  });

  it("gcp:secretmanager: is one of a provider of yours, where the options name its store", () => {
    const google = { google: "gsm" };
    const at = "gcp:secretmanager:projects/p/secrets/db";
    expect(read(at, google)).toBe("secret://gsm/projects/p/secrets/db");
    expect(read(`${at}/versions/latest`, google)).toBe("secret://gsm/projects/p/secrets/db");
    expect(read(`${at}/versions/3`, google)).toBe("secret://gsm/projects/p/secrets/db?version=3");
    for (const wrong of [
      "gcp:secretmanager:",
      `${at}/`,
      `${at}/versions/3/x`,
      "gcp:secretmanager:projects/../secrets/x/y",
    ])
      expect(read(wrong, google)).toMatch(/names no secret that Google Secret Manager can hold/);
  });
});
