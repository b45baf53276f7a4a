import { defineProvider, SecretValue } from "@sluice/core";
import type { Pod } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { calm } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { createPod } from "./test-pods.js";

/** A provider whose every read of `creds/…` issues a lease, and which remembers what became of them. */
function leasing(value: string) {
  const taken: string[] = [];
  const renewed = new Set<string>();
  const revoked: string[] = [];
  const provider = defineProvider<object>({
    id: "leasing",
    optionsSchema: { type: "object", additionalProperties: false },
    capabilities: {
      batchSize: 10,
      fields: "extracted",
      versions: { exact: false, label: false },
      leases: { renew: true, revoke: true },
    },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id, path }) => {
          if (!path.startsWith("creds/")) return { id, status: "not-found", reason: "absent" };
          const lease = `lease-${taken.push(path)}`;
          return {
            id,
            status: "found",
            value: SecretValue.fromText(value),
            lease: { id: lease, ttlMs: 2_000, renewable: true, maxTtlMs: 600_000 },
          };
        }),
      renewLease: async (id) => {
        renewed.add(id);
        return { id, ttlMs: 2_000, renewable: true, maxTtlMs: 600_000 };
      },
      revokeLease: async (id) => {
        revoked.push(id);
        return { status: "revoked" };
      },
    }),
  });
  return { provider, taken, renewed, revoked };
}

await describeOnKubernetes("7.7 leases through a broker", (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  let leases: ReturnType<typeof leasing>;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    leases = leasing(world.secret("dynamic"));
    const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
    broker = await world.start({
      providers: [leases.provider],
      podPollMs: 200,
      stores: {
        kept: { provider: "leasing", access, leases: "broker" },
        plain: { provider: "leasing", access },
      },
    });
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  let pods = 0;
  async function newPod(env: Record<string, string>): Promise<Pod> {
    pods += 1;
    const namespace = await world.newNamespace();
    return createPod(world.admin, { namespace, name: `pod-${pods}`, containers: { web: env } });
  }

  it("are not even read where the reference says that it issues something", async () => {
    const before = leases.taken.length;
    const pod = await newPod({ A: "secret://plain/creds/a?volatile=true" });
    expect(await world.refused(broker, pod, "web")).toMatchObject({
      status: 422,
      detail: { reason: "lease-refused" },
    });
    expect(leases.taken).toHaveLength(before);
  });

  it("are given back at once, and refused, where one turns up unexpectedly", async () => {
    const pod = await newPod({ A: "secret://plain/creds/a" });
    expect(await world.refused(broker, pod, "web")).toMatchObject({
      status: 422,
      detail: { reason: "lease-refused" },
    });
    expect(world.audit().at(-1)).toMatchObject({ event: "refused", reason: "lease-refused" });
    expect(leases.revoked).toEqual([`lease-${leases.taken.length}`]);
  });

  it("are given back when the environment is refused for another reason", async () => {
    const pod = await newPod({ A: "secret://kept/creds/a?volatile=true", B: "secret://kept/absent" });
    expect((await world.refused(broker, pod, "web")).status).toBe(404);
    expect(leases.revoked.at(-1)).toBe(`lease-${leases.taken.length}`);
    expect(broker.broker.state.leasesKept()).toBe(0);
  });

  it("are renewed while their pod lives, and given back when it is gone", async () => {
    const pod = await newPod({ A: "secret://kept/creds/a?volatile=true" });
    expect((await world.ask(broker, pod, "web")).env).toEqual({ A: world.secret("dynamic") });
    const lease = `lease-${leases.taken.length}`;
    await waitUntil("it is renewed", async () => leases.renewed.has(lease));
    expect(leases.revoked).not.toContain(lease);
    expect(await world.metrics(broker.running)).toContain("sluice_broker_leases_kept 1");
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
    await world.admin.call({ method: "DELETE", path, body: { gracePeriodSeconds: 0 } }, calm());
    await waitUntil("it is given back", async () => leases.revoked.includes(lease));
    expect(broker.broker.state.leasesKept()).toBe(0);
  });

  it("live on when the broker stops, for their pods do", async () => {
    const second = await world.start({
      providers: [leases.provider],
      stores: {
        kept: {
          provider: "leasing",
          access: [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }],
          leases: "broker",
        },
      },
    });
    await world.ask(second, await newPod({ A: "secret://kept/creds/a?volatile=true" }), "web");
    const lease = `lease-${leases.taken.length}`;
    await second.stop();
    expect(leases.revoked).not.toContain(lease);
  });

  it("nothing that was written or told holds a value or a token", () => {
    expect(world.leaks()).toEqual([]);
  });
});
