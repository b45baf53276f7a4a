import { describeConformance } from "@sluice/provider-conformance";
import { afterAll, describe, expect, it, test } from "vitest";
import { startStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";
import { azureSubject } from "./azure-subject.js";

// On the stand-in: it shows that SDK and provider work together, not that Azure agrees.
const server = await startStandIn();
afterAll(async () => server.stop());

const left = await describeConformance({ describe, test }, async () => azureSubject(server));

/** No bytes, nothing empty, no labels, watch, conditions or leases. */
const NEVER =
  "2.4 2.5 2.18 2.20 2.22 3.4 6.6 6.8 6.9 7.1 7.2 7.3 7.4 7.5 7.6 8.2 8.3 8.4 8.8 9.1 9.2 9.3".split(" ");

describe("is excluded from nothing but", () => {
  it("what Key Vault cannot have, and what the stand-in cannot bring about", () => {
    expect(left.map(({ id }) => id)).toEqual(NEVER);
  });
});
