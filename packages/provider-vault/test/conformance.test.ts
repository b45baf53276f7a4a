import { describeConformance } from "@sluice/provider-conformance";
import { afterAll, describe, expect, it, test } from "vitest";
import { realVault } from "./real-vault.js";
import { vaultSubject } from "./vault-subject.js";

const server = await realVault();
afterAll(server.stop);

/** No bytes, no labels, nothing disabled, expired or malformed, no watching. */
const NEVER = "2.5 2.8 2.10 2.18 3.2 3.3 3.4 6.6 6.8 6.9 7.1 7.2 7.3 7.4 7.5 7.6".split(" ");
/** Workloads log in with JWTs; the subject's store has a token. */
const DELEGATED = ["10.1", "10.2"];

const left = server.available
  ? await describeConformance({ describe, test }, async () => vaultSubject(server))
  : [];

describe.runIf(server.available)("is excluded from nothing but", () => {
  it("what Vault cannot have", () => {
    expect(left.map(({ id }) => id)).toEqual([...NEVER, ...DELEGATED]);
  });
});
