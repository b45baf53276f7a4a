import type { Store } from "@sluice/kubernetes/stores";
import { describe, expect, it, vi } from "vitest";
import { settleStores } from "../stores/settle-stores.js";
import { identityFor, leasing, referencesTo } from "./leases.test-support.js";
import { RequestLeases } from "./request-leases.js";

describe("7.7 the leases of a request", () => {
  it("are given back also where they come after it has failed", async () => {
    const { pool, gate, taken, revoked } = leasing();
    const held = Promise.withResolvers<void>();
    gate.held = held.promise;
    const leases = new RequestLeases();
    const broken: typeof pool = {
      borrow: async (store?: Store) => {
        if (store?.name === "broken") throw new TypeError("a fault of ours");
        return pool.borrow();
      },
    };
    const references = referencesTo({ store: "prod", path: "creds/a" }, { store: "broken", path: "a" });
    const settling = settleStores(broken, { references, identityFor, leases });
    await expect(settling).rejects.toThrow(TypeError);
    await leases.giveBack();
    held.resolve();
    await vi.waitFor(() => expect(taken).toEqual(["creds/a"]));
    await vi.waitFor(() => expect(revoked).toEqual(["lease-1"]));
  });

  it("are its own, also where another request reads the same at the same time", async () => {
    const { pool, revoked } = leasing();
    const [one, other] = [new RequestLeases(), new RequestLeases()];
    const references = referencesTo(
      { store: "prod", path: "creds/a", key: "user" },
      { store: "prod", path: "creds/a", key: "password" },
    );
    const settled = await Promise.all(
      [one, other].map(async (leases) => settleStores(pool, { references, identityFor, leases })),
    );
    const users = settled.map((outcomes) => outcomes["secret://prod/creds/a#user"]);
    expect(users.map((user) => user?.status === "found" && user.value.text())).toEqual([
      "lease-1",
      "lease-2",
    ]);
    expect(one.handOver().map(({ leaseId }) => leaseId)).toEqual(["lease-1"]);
    expect(other.handOver().map(({ leaseId }) => leaseId)).toEqual(["lease-2"]);
    expect(revoked).toEqual([]);
  });
});
