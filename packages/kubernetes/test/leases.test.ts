import { expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { deleteObject, getObject, type KubernetesClient, lead, type LeadOptions } from "../src/index.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

const LEASE_SECONDS = 3;

/** Work that notes when it began and was stopped. */
class Worker {
  readonly began: number[] = [];
  readonly stopped: number[] = [];
  readonly problems: unknown[] = [];
  readonly controller = new AbortController();
  readonly done: Promise<void>;

  constructor(client: KubernetesClient, options: Omit<LeadOptions, "signal">) {
    const more = { signal: this.controller.signal, onProblem: (error: unknown) => this.problems.push(error) };
    this.done = lead(client, { leaseSeconds: LEASE_SECONDS, ...options, ...more }, async (signal) => {
      this.began.push(performance.now());
      if (!signal.aborted)
        await new Promise((resolve) => {
          signal.addEventListener("abort", resolve, { once: true });
        });
      this.stopped.push(performance.now());
    });
  }

  get works(): boolean {
    return this.began.length > this.stopped.length;
  }
}

await describeOnKubernetes("one of several leads, by a Lease of a real API server", (cluster) => {
  const { kubeconfig, adminToken } = cluster;
  const leaseIn = async (client: KubernetesClient): Promise<Pick<LeadOptions, "namespace" | "name">> => {
    const { namespace = "" } = await newNamespace(client);
    return { namespace, name: "broker" };
  };

  it("the first; another when it ends, at once", async () => {
    const client = openClient(kubeconfig);
    const lease = await leaseIn(client);
    const a = new Worker(client, { ...lease, identity: "a" });
    await waitUntil("a works", () => a.works);
    const b = new Worker(openClient(kubeconfig), { ...lease, identity: "b" });
    // Longer than the lease: it is renewed.
    await new Promise((resolve) => setTimeout(resolve, LEASE_SECONDS * 1000 * 1.5));
    expect([a.works, b.began]).toEqual([true, []]);
    a.controller.abort();
    await a.done;
    const given = performance.now();
    await waitUntil("b works", () => b.works);
    expect(performance.now() - given).toBeLessThan(LEASE_SECONDS * 1000);
    const leases = {
      group: "coordination.k8s.io",
      version: "v1",
      plural: "leases",
      namespace: lease.namespace,
    };
    expect(await getObject(client, leases, lease.name, calm())).toMatchObject({
      spec: { holderIdentity: "b", leaseDurationSeconds: LEASE_SECONDS, leaseTransitions: 1 },
    });
    b.controller.abort();
    await b.done;
    expect([a.problems, b.problems]).toEqual([[], []]);
  });

  it("another when the first can no longer renew, never both", async () => {
    const gateway = await startGateway(cluster);
    const admin = openClient(kubeconfig);
    const lease = await leaseIn(admin);
    const a = new Worker(openClient(await kubeconfigFor(gateway.address, adminToken)), {
      ...lease,
      identity: "a",
    });
    await waitUntil("a works", () => a.works);
    const b = new Worker(admin, { ...lease, identity: "b" });
    // Requests hang, without an end.
    gateway.intercept = () => true;
    await waitUntil("b works", () => b.works);
    expect(a.stopped).toHaveLength(1);
    expect(a.stopped[0]).toBeLessThan(b.began[0] ?? 0);
    expect(a.problems.length).toBeGreaterThan(0);
    // It competes again.
    gateway.intercept = () => false;
    b.controller.abort();
    await b.done;
    await waitUntil("a works again", () => a.began.length === 2);
    a.controller.abort();
    await a.done;
    await gateway.stop();
  });

  it("stops at once when somebody took the lease away", async () => {
    const client = openClient(kubeconfig);
    const lease = await leaseIn(client);
    const a = new Worker(client, { ...lease, identity: "a" });
    await waitUntil("a works", () => a.works);
    const leases = {
      group: "coordination.k8s.io",
      version: "v1",
      plural: "leases",
      namespace: lease.namespace,
    };
    await deleteObject(client, leases, lease.name, calm());
    await waitUntil("a stopped", () => a.stopped.length === 1);
    await waitUntil("a works again", () => a.works);
    a.controller.abort();
    await a.done;
    expect(a.problems).toEqual([]);
  });

  it("one of five, though all begin together", async () => {
    const client = openClient(kubeconfig);
    const lease = await leaseIn(client);
    const workers = ["a", "b", "c", "d", "e"].map((identity) => new Worker(client, { ...lease, identity }));
    for (let left = workers; left.length > 0;) {
      await waitUntil("one works", () => left.some(({ works }) => works));
      expect(left.filter(({ works }) => works)).toHaveLength(1);
      const leader = left.find(({ works }) => works);
      leader?.controller.abort();
      await leader?.done;
      left = left.filter((worker) => worker !== leader);
    }
    expect(workers.map(({ began }) => began.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it("ends with its work, and fails with it", async () => {
    const client = openClient(kubeconfig);
    const lease = await leaseIn(client);
    const options = { ...lease, ...calm(), identity: "a", leaseSeconds: LEASE_SECONDS };
    await expect(lead(client, options, async () => undefined)).resolves.toBeUndefined();
    await expect(lead(client, options, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const b = new Worker(client, { ...lease, identity: "b" });
    await waitUntil("b works", () => b.works);
    b.controller.abort();
    await b.done;
  });

  it("waits while it may not, and ends when it is told to", async () => {
    const lease = await leaseIn(openClient(kubeconfig));
    const a = new Worker(openClient(kubeconfig, "limited"), { ...lease, identity: "a" });
    await waitUntil("it was told", () => a.problems.length > 1);
    expect(a.problems[0]).toMatchObject({ status: 403 });
    a.controller.abort();
    await a.done;
    expect(a.began).toEqual([]);
  });
});
