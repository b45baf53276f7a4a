import { describeConformance } from "@sluice/provider-conformance";
import { afterAll, describe, expect, it, test } from "vitest";
import { realVault } from "./real-vault.js";
import { vaultSubject } from "./vault-subject.js";
import { workloadLogins } from "./workload-logins.js";

const server = await realVault();
afterAll(server.stop);

const undeclared = (what: string) => `capability not declared: ${what}`;
const cannot = (hook: string) => `the subject cannot bring this about: add \`${hook}\` to it`;

/** What is not tested, since Vault cannot have it. */
const INAPPLICABLE = {
  // A key-value engine holds JSON, which has texts but no bytes.
  "2.5": cannot("writeBytes"),
  "2.10": undeclared('fields: "native"'),
  "2.18": undeclared("versions.label"),
  // A secret is there or is deleted: none can be switched off.
  "3.2": cannot("disabled"),
  // A version whose time is over is deleted by the server, and answered as such: see 2.3.
  "3.3": cannot("expired"),
  // Engines of version 1 keep no versions, and one listing spans engines of both.
  ...Object.fromEntries(["6.6", "6.8", "6.9"].map((id) => [id, undeclared("list.carriesVersion")])),
  // It tells nobody of changes.
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`7.${number}`, undeclared("watch")])),
};

const logins = server.available ? await workloadLogins(server) : undefined;
const excluded = logins
  ? await describeConformance({ describe, test }, async () => vaultSubject(server, logins))
  : [];

describe.runIf(server.available)("is excluded from nothing but", () => {
  it("what Vault cannot have", () => {
    expect(Object.fromEntries(excluded.map(({ id, reason }) => [id, reason]))).toEqual(INAPPLICABLE);
  });
});
