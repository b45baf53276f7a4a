import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { hostname } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { installCrds } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { createPod, tokenOf } from "./test-pods.js";
import { applyStore, untilKnown } from "./test-stores.js";

const AUDIENCE = "vault";
/** Where a server listens that counts who comes; the names are ways to call it. */
const HOSTS = [
  "127.0.0.1",
  "localhost",
  // What the machine is called leads to itself: a name that only a look-up tells.
  hostname(),
  "127.1",
  "2130706433",
  "0x7f000001",
  "[::ffff:127.0.0.1]",
  "vault.example@127.0.0.1",
];

await describeOnKubernetes("addresses in the options of a namespace's own store", (cluster) => {
  let world: BrokerWorld;
  let strict: StartedBroker;
  let namespace: string;
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.end("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
  });
  const portOf = (): number => (listener.address() as AddressInfo).port;

  beforeAll(async () => {
    listener.listen(0);
    await once(listener, "listening");
    world = await BrokerWorld.open(cluster);
    await installCrds(world.admin);
    namespace = await world.newNamespace();
    strict = await world.start();
  }, 120_000);
  afterAll(async () => {
    await strict.stop();
    await world.close();
    listener.close();
  });

  let made = 0;
  /** Creates a store with these options, and asks for a secret of it as a pod would. */
  async function ask(broker: StartedBroker, options: object, provider = "vault") {
    made += 1;
    const name = `store-${made}`;
    await applyStore(world, name, { provider, options, identity: "pod", tokenAudience: AUDIENCE }, namespace);
    await untilKnown(broker, namespace, name);
    const containers = { web: { DB: `secret://${name}/secret/db#value` } };
    const pod = await createPod(world.admin, {
      namespace,
      name: `pod-${made}`,
      containers,
      serviceAccount: "web",
    });
    const tokens = { [AUDIENCE]: await tokenOf(world.admin, pod, AUDIENCE) };
    const problem = await world.refused(broker, pod, "web", { tokens });
    const found = broker.catalogue.find(namespace, name);
    if (found.status !== "found") throw new Error("The store is not known");
    const check = await broker.broker.check(found.store, AbortSignal.timeout(30_000));
    return { problem, check };
  }

  it.each(HOSTS)("are not dialled: %s", async (host) => {
    for (const scheme of ["http", "https"]) {
      const address = `${scheme}://${host}:${portOf()}`;
      const { problem, check } = await ask(strict, { address, auth: { kubernetes: { role: "app" } } });
      expect(problem.status).toBe(422);
      expect(JSON.stringify(problem.detail)).toContain("options.address names an address");
      expect(check).toMatchObject({
        ready: false,
        reason: "Invalid",
        message: expect.stringMatching(/names an address.*--allow-addresses/),
      });
      expect(check.message).not.toContain(host);
    }
    expect(connections).toBe(0);
  });

  it("are no files of the broker either", async () => {
    await world.write("own", "CANARY-9f31");
    const { problem, check } = await ask(strict, { kubeconfig: "own" }, "kubernetes");
    expect(problem.status).toBe(422);
    expect(check).toMatchObject({
      ready: false,
      reason: "Invalid",
      message: expect.stringContaining("--allow-files"),
    });
  });

  it("are dialled where the operator allows it, and nowhere beside it", async () => {
    const address = `http://127.0.0.1:${portOf()}`;
    const options = { address, auth: { kubernetes: { role: "app" } } };
    const allowing = await world.start({ tenants: { addresses: [address] } });
    try {
      expect((await ask(allowing, options)).problem.status).not.toBe(422);
      expect(connections).toBeGreaterThan(0);
      const before = connections;
      const other = { ...options, address: `http://localhost:${portOf()}` };
      expect((await ask(allowing, other)).problem.status).toBe(422);
      expect(connections).toBe(before);
    } finally {
      await allowing.stop();
    }
  });

  it("nothing that was told holds what a file has", () => {
    expect(world.leaks()).toEqual([]);
  });
});
