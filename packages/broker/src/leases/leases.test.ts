import {
  createEventBus,
  createSecretResolver,
  defineProvider,
  type SecretReference,
  SecretValue,
  type StoreDefinition,
} from "@sluice/core";
import type { Store } from "@sluice/kubernetes/stores";
import { describe, expect, it, vi } from "vitest";
import { STORE, WORKLOAD } from "../rules/rules.test-support.js";
import { settleStores } from "../stores/settle-stores.js";
import { type BorrowedResolver, SharedResolver } from "../stores/shared-resolver.js";
import { PodLeases } from "./pod-leases.js";
import { RequestLeases } from "./request-leases.js";

const KEPT: Store = { ...STORE, leases: "broker" };

/** A store whose every read issues a lease, as soon as it is let. */
function leasing() {
  const taken: string[] = [];
  const revoked: string[] = [];
  const gate = { held: Promise.resolve() };
  const provider = defineProvider<object>({
    id: "leasing",
    optionsSchema: {},
    capabilities: {
      batchSize: 10,
      fields: "extracted",
      versions: { exact: false, label: false },
      leases: { renew: true, revoke: true },
    },
    create: () => ({
      resolve: async (requests) => {
        await gate.held;
        return requests.map(({ id, path }) => {
          const lease = `lease-${taken.push(path)}`;
          const value = SecretValue.fromText(`{"user":"${lease}","password":"p"}`);
          return { id, status: "found", value, lease: { id: lease, ttlMs: 600_000, renewable: true } };
        });
      },
      renewLease: async (id) => ({ id, ttlMs: 600_000, renewable: true }),
      revokeLease: async (id) => {
        revoked.push(id);
        return { status: "revoked" };
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  });
  const stores: Readonly<Record<string, StoreDefinition>> = { prod: provider({}) };
  const resolver = createSecretResolver({
    stores,
    events: createEventBus(),
    leases: { renew: true, revoke: false },
  });
  const shared = new SharedResolver(resolver);
  return { taken, revoked, gate, shared, pool: { borrow: async () => lent(shared) } };
}

function lent(shared: SharedResolver): BorrowedResolver {
  const borrowed = shared.borrow();
  if (borrowed === undefined) throw new Error("It is closed");
  return borrowed;
}

const referencesTo = (...references: SecretReference[]) =>
  new Map(
    references.map((reference) => [
      `secret://${reference.store}/${reference.path}${reference.key === undefined ? "" : `#${reference.key}`}`,
      { reference, store: { ...KEPT, name: reference.store } },
    ]),
  );
const identityFor = () => undefined;

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

describe("the leases of pods", () => {
  it("are given back once, however long that takes", async () => {
    const { pool, shared, revoked } = leasing();
    const taken = new RequestLeases();
    const references = referencesTo({ store: "prod", path: "creds/a" });
    await settleStores(pool, { references, identityFor, leases: taken });
    const list = Promise.withResolvers<ReadonlySet<string>>();
    const livingPods = vi.fn<() => Promise<ReadonlySet<string>>>(async () => list.promise);
    using leases = new PodLeases({ livingPods }, 3_600_000);
    leases.keep(WORKLOAD, taken.handOver());
    const other = lent(shared);
    const sweeps = [leases.sweep(), leases.sweep()];
    list.resolve(new Set());
    await Promise.all(sweeps);
    expect(revoked).toEqual(["lease-1"]);
    expect(leases.size).toBe(0);
    // Nobody else's hold on the store was let go with it.
    const closed = vi.fn<() => void>();
    void shared.retire().then(closed);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(closed).not.toHaveBeenCalled();
    other[Symbol.dispose]();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it("stay while their pod lives, or nobody knows whether it does", async () => {
    const { pool, revoked } = leasing();
    const taken = new RequestLeases();
    const references = referencesTo({ store: "prod", path: "creds/a" });
    await settleStores(pool, { references, identityFor, leases: taken });
    const livingPods = vi.fn<() => Promise<ReadonlySet<string>>>();
    using leases = new PodLeases({ livingPods }, 3_600_000);
    leases.keep(WORKLOAD, taken.handOver());
    livingPods.mockResolvedValueOnce(new Set([WORKLOAD.podUid]));
    await leases.sweep();
    livingPods.mockRejectedValueOnce(new Error("away"));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([1, []]);
    livingPods.mockResolvedValueOnce(new Set(["another"]));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([0, ["lease-1"]]);
  });
});
