import type { PodContainer } from "@sluice/kubernetes";
import { describe, expect, it, vi } from "vitest";
import type { BrokerCluster } from "../cluster/broker-cluster.js";
import { ticketFor } from "../release/decide-release.js";
import type { ObservedContainer } from "../release/observed-container.js";
import { CONTAINER, POD, WORKLOAD } from "../rules/rules.test-support.js";
import { settleStores } from "../stores/settle-stores.js";
import { identityFor, leasing, lent, referencesTo } from "./leases.test-support.js";
import { PodLeases } from "./pod-leases.js";
import { RequestLeases } from "./request-leases.js";

type ContainerStatus = NonNullable<PodContainer["status"]>;

const NEVER = 3_600_000;
const FIRST = { state: "waiting", restarts: 0, ranBefore: false, ephemeral: false } as const;
const startOf = (nonce: string, observed: ObservedContainer = FIRST) => ({
  ticket: ticketFor(observed, nonce),
  servedAt: Date.now(),
});
const statusOf = (restarts: number, startedAt: number): ContainerStatus => ({
  state: { kind: "running", startedAt },
  restartCount: restarts,
  containerId: `c-${restarts}`,
});

describe("7.13 the leases of the starts of a container", () => {
  /** A pod whose container is started again and again, each time with a lease. */
  async function open() {
    const store = leasing();
    const references = referencesTo({ store: "prod", path: "creds/a" });
    const take = async () => {
      const taken = new RequestLeases();
      await settleStores(store.pool, { references, identityFor, leases: taken });
      return taken.handOver();
    };
    const state = { version: 1, pod: POD };
    const report = (status: ContainerStatus): void => {
      state.version += 1;
      state.pod = { ...POD, containers: [{ ...CONTAINER, status }] };
    };
    const readPod = vi.fn<BrokerCluster["readPod"]>(async () => state.pod);
    const livingPods = async () => new Map([[POD.uid, String(state.version)]]);
    const leases = new PodLeases({ livingPods, readPod }, NEVER);
    return { ...store, take, report, leases, readPod };
  }

  it("are given back once a later start runs, and no others", async () => {
    const { take, report, leases, revoked, readPod } = await open();
    using _ = leases;
    await leases.keep(WORKLOAD, startOf("1"), await take());
    await leases.keep({ ...WORKLOAD, container: "other" }, startOf("o"), await take());
    report(statusOf(0, Date.now()));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([2, []]);
    const ended = { ...statusOf(0, 0), state: { kind: "terminated" } } as const;
    await leases.keep(WORKLOAD, startOf("2", { ...FIRST, ...observedOf(ended) }), await take());
    report(statusOf(1, Date.now() + 60_000));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([2, ["lease-1"]]);
    // Nothing has changed: the pod is not read for nothing.
    const reads = readPod.mock.calls.length;
    await leases.sweep();
    expect(readPod).toHaveBeenCalledTimes(reads);
  });

  it("are given back once the start is over, a minute after it was served at the earliest", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { take, report, leases, revoked } = await open();
      using _ = leases;
      await leases.keep(WORKLOAD, startOf("1"), await take());
      report({ ...statusOf(0, 0), state: { kind: "terminated" } });
      await leases.sweep();
      expect(revoked).toEqual([]);
      vi.setSystemTime(Date.now() + 61_000);
      await leases.sweep();
      expect([leases.size, revoked]).toEqual([0, ["lease-1"]]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("of an earlier try of the same launcher are given back at once: it has not heard of them", async () => {
    const { take, leases, revoked } = await open();
    using _ = leases;
    await leases.keep(WORKLOAD, startOf("1"), await take());
    await leases.keep(WORKLOAD, startOf("2"), await take());
    await leases.keep(WORKLOAD, startOf("1"), await take());
    expect([leases.size, revoked]).toEqual([2, ["lease-1"]]);
  });

  it("stay where the pod cannot be read, or is another by now", async () => {
    const { take, report, leases, revoked, readPod } = await open();
    using _ = leases;
    await leases.keep(WORKLOAD, startOf("1"), await take());
    report(statusOf(1, Date.now() + 60_000));
    readPod.mockRejectedValueOnce(new Error("away"));
    await leases.sweep();
    readPod.mockResolvedValueOnce({ ...POD, uid: "pod-2" });
    await leases.sweep();
    expect(revoked).toEqual([]);
    await leases.sweep();
    expect(revoked).toEqual(["lease-1"]);
  });
});

/** Of a container that has ended once. */
function observedOf({ containerId }: ContainerStatus): Partial<ObservedContainer> {
  return {
    state: "terminated",
    ranBefore: true,
    ...(containerId !== undefined && { instance: containerId }),
  };
}

it("7.14 leases are left when the broker ends, and their store is let go", async () => {
  const { pool, shared, revoked } = leasing();
  const taken = new RequestLeases();
  await settleStores(pool, {
    references: referencesTo({ store: "prod", path: "creds/a" }),
    identityFor,
    leases: taken,
  });
  const leases = new PodLeases({ livingPods: async () => new Map(), readPod: async () => POD }, NEVER);
  await leases.keep(WORKLOAD, startOf("n"), taken.handOver());
  leases[Symbol.dispose]();
  await shared.retire();
  expect([leases.size, revoked]).toEqual([0, []]);
});

describe("the leases of pods", () => {
  it("are given back once, however long that takes", async () => {
    const { pool, shared, revoked } = leasing();
    const taken = new RequestLeases();
    const references = referencesTo({ store: "prod", path: "creds/a" });
    await settleStores(pool, { references, identityFor, leases: taken });
    const list = Promise.withResolvers<ReadonlyMap<string, string>>();
    using leases = new PodLeases({ livingPods: async () => list.promise, readPod: async () => POD }, NEVER);
    await leases.keep(WORKLOAD, startOf("n"), taken.handOver());
    const other = lent(shared);
    const sweeps = [leases.sweep(), leases.sweep()];
    list.resolve(new Map());
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
    const livingPods = vi.fn<BrokerCluster["livingPods"]>();
    using leases = new PodLeases({ livingPods, readPod: async () => POD }, NEVER);
    await leases.keep(WORKLOAD, startOf("n"), taken.handOver());
    livingPods.mockResolvedValueOnce(new Map([[WORKLOAD.podUid, "1"]]));
    await leases.sweep();
    livingPods.mockRejectedValueOnce(new Error("away"));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([1, []]);
    livingPods.mockResolvedValueOnce(new Map([["another", "1"]]));
    await leases.sweep();
    expect([leases.size, revoked]).toEqual([0, ["lease-1"]]);
  });
});
