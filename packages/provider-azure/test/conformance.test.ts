import { describeConformance } from "@sluice/provider-conformance";
import { afterAll, describe, expect, it, test } from "vitest";
import { startKeyVault } from "../../../test/servers/key-vault.js";
import { azureSubject } from "./azure-subject.js";

const server = await startKeyVault();
if (server.kind === "unavailable")
  process.stderr.write(`\nSKIPPED: conformance of Azure: ${server.reason}\n\n`);
const left =
  server.kind === "running"
    ? await describeConformance({ describe, test }, async () => azureSubject(server))
    : [];

/** Why a requirement does not apply to Key Vault. */
const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "2.5": "it holds text only",
  "2.18": "its versions have no labels",
  "2.20": "its names are letters, digits and hyphens",
  "2.22": "its names hold no separators, so no path leads anywhere else",
  "3.4": "it gives a secret's text as it is, and any text makes sense",
  "7.1": "it has no feed of changes",
  "7.2": "it has no feed of changes",
  "7.3": "it has no feed of changes",
  "7.4": "it has no feed of changes",
  "7.5": "it has no feed of changes",
  "7.6": "it has no feed of changes",
  "8.3": "it knows no conditional write: a second writer is found out, not kept out",
  "8.4": "it knows no conditional write",
  "8.8": "it deletes on no condition",
  "9.1": "it issues nothing on reading",
  "9.2": "it issues nothing on reading",
  "9.3": "it issues nothing on reading",
  "9.4": "it issues nothing on reading",
};

describe.skipIf(server.kind === "unavailable")("conformance", () => {
  afterAll(async () => server.kind === "running" && server.stop());

  it("leaves out nothing but what Key Vault cannot have", () => {
    expect(left.map(({ id }) => id)).toEqual(Object.keys(NOT_APPLICABLE));
  });
});
