import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pod } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startVault } from "../../servers/vault.js";
import { startBrokerProcess } from "../starts/broker-process.js";
import { calm } from "./broker-access.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "./broker-world.js";
import { containerToken, createPod, requestOf, running, setStatus } from "./test-pods.js";
import { askSource, parseSourceAddress } from "@sluice/protocol";

const vault = await startVault();
const PASSWORD = "CANARY-9f31-password";
/** Of a lease, in seconds; long enough that one which is not renewed outlives what is looked for. */
const TTL_SECONDS = 10;

/** ADR 2. The engine is the server's own; only the message broker whose users it makes and removes is a script. */
await describeOnKubernetes("7.13 and 7.14 leases of a real OpenBao that a broker logs in to", (cluster) => {
  describe.skipIf(vault.kind === "unavailable")("with a login of its own", { timeout: 120_000 }, () => {
    if (vault.kind === "unavailable") return;
    const { address, token } = vault;
    let world: BrokerWorld;
    let rabbit: Server;
    let stores: Record<string, object>;

    async function api(method: string, path: string, body?: object): Promise<Response> {
      const init = { method, headers: { "x-vault-token": token } };
      return fetch(`${address}/v1/${path}`, {
        ...init,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    }
    const must = async (...call: Parameters<typeof api>): Promise<Response> => {
      const response = await api(...call);
      if (!response.ok) throw new Error(`${call[0]} ${call[1]}: ${response.status}`);
      return response;
    };

    beforeAll(async () => {
      world = await BrokerWorld.open(cluster);
      world.toxic.add(token);
      rabbit = createServer((_, response) => void response.writeHead(204).end()).listen(0, "127.0.0.1");
      await once(rabbit, "listening");
      const { port } = rabbit.address() as AddressInfo;
      await must("POST", "sys/mounts/rabbitmq", { type: "rabbitmq" });
      await must("POST", "rabbitmq/config/connection", {
        connection_uri: `http://127.0.0.1:${port}`,
        username: "u",
        password: "p",
        verify_connection: false,
      });
      await must("POST", "rabbitmq/config/lease", { ttl: TTL_SECONDS, max_ttl: 3_600 });
      await must("POST", "rabbitmq/roles/app", { tags: "management" });
      const policy = [
        'path "rabbitmq/creds/app" { capabilities = ["read"] }',
        'path "sys/leases/renew" { capabilities = ["update"] }',
        'path "sys/leases/revoke" { capabilities = ["update"] }',
      ].join("\n");
      await must("PUT", "sys/policies/acl/broker", { policy });
      await must("POST", "sys/auth/userpass", { type: "userpass" });
      const user = { password: PASSWORD, token_policies: ["broker"], token_ttl: "1h" };
      await must("POST", "auth/userpass/users/broker", user);
      const passwordFile = await world.write("password", `${PASSWORD}\n`);
      stores = {
        bao: {
          provider: "vault",
          options: { address, auth: { userpass: { username: "broker", passwordFile } } },
          access: [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }],
          leases: "broker",
        },
      };
    });
    afterAll(async () => {
      rabbit.close();
      await world.close();
      await vault.stop();
    });

    const start = async (): Promise<StartedBroker> => world.start({ stores, podPollMs: 200 });

    let pods = 0;
    async function newPod(): Promise<Pod> {
      pods += 1;
      const containers = { web: { USER: "secret://bao/rabbitmq/creds/app?volatile=true#username" } };
      const namespace = await world.newNamespace();
      return createPod(world.admin, { namespace, name: `pod-${pods}`, containers });
    }

    /** Ids of the leases that are there. */
    async function leases(): Promise<string[]> {
      const response = await api("LIST", "sys/leases/lookup/rabbitmq/creds/app");
      if (response.status === 404) return [];
      const { data } = (await response.json()) as { readonly data: { readonly keys: string[] } };
      return data.keys.map((key) => `rabbitmq/creds/app/${key}`).toSorted();
    }
    const endOf = async (lease: string): Promise<string | undefined> => {
      const response = await api("PUT", "sys/leases/lookup", { lease_id: lease });
      if (!response.ok) return undefined;
      return ((await response.json()) as { readonly data: { readonly expire_time: string } }).data
        .expire_time;
    };
    const lives = async (lease: string): Promise<boolean> => (await endOf(lease)) !== undefined;

    /** What becomes the only new one while it works. */
    async function leaseOf(work: () => Promise<unknown>): Promise<string> {
      const before = await leases();
      await work();
      const [lease, ...more] = (await leases()).filter((id) => !before.includes(id));
      if (lease === undefined || more.length > 0) throw new Error("There is not one new lease");
      return lease;
    }

    it("are renewed while their pod lives, and given back when it is gone", async () => {
      const broker = await start();
      onTestFinished(async () => broker.stop());
      const pod = await newPod();
      const lease = await leaseOf(async () => world.ask(broker, pod, "web"));
      const first = await endOf(lease);
      await waitUntil("it is renewed", async () => (await endOf(lease)) !== first);
      expect(await lives(lease)).toBe(true);
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
      await world.admin.call({ method: "DELETE", path, body: { gracePeriodSeconds: 0 } }, calm());
      await waitUntil("it is given back", async () => !(await lives(lease)));
      expect(broker.broker.state.leasesKept()).toBe(0);
    });

    it("of an earlier start of the container are given back once a later one runs", async () => {
      const broker = await start();
      onTestFinished(async () => broker.stop());
      const pod = await newPod();
      const earlier = await leaseOf(async () => world.ask(broker, pod, "web"));
      await setStatus(world.admin, pod, { phase: "Running", containerStatuses: [running("web")] });
      const later = await leaseOf(async () => world.ask(broker, pod, "web"));
      expect([await lives(earlier), await lives(later)]).toEqual([true, true]);
      // A minute from now, by the clock of its node: it cannot be the start that was served just now.
      const again = running("web", { restarts: 1, secondsAgo: -60 });
      const third = await leaseOf(async () => world.ask(broker, pod, "web"));
      await setStatus(world.admin, pod, { phase: "Running", containerStatuses: [again] });
      await waitUntil("those before are given back", async () => broker.broker.state.leasesKept() === 0);
      for (const lease of [earlier, later, third]) expect(await lives(lease)).toBe(false);
    });

    it("live on when the broker is stopped in order, though it has logged in by itself, until their time is over", async () => {
      const broker = await start();
      const pod = await newPod();
      const lease = await leaseOf(async () => world.ask(broker, pod, "web"));
      const first = await endOf(lease);
      await waitUntil("it is renewed", async () => (await endOf(lease)) !== first);
      await broker.stop();
      const last = await endOf(lease);
      // The server ends what ended with a login some moments later.
      await new Promise((resolve) => void setTimeout(resolve, 1_500));
      expect(await endOf(lease)).toBe(last);
      await waitUntil("nobody renews it", async () => !(await lives(lease)));
    });

    it("live on when the broker is killed, until their time is over, and the next start has its own", async () => {
      const process = await startBrokerProcess(world, { stores });
      const pod = await newPod();
      const bearer = await containerToken(world.admin, pod, "web");
      world.toxic.add(bearer);
      const ask = async (port: number) =>
        askSource({
          address: parseSourceAddress(`https://127.0.0.1:${port}`),
          trust: { serverName: SERVER_NAME, roots: world.authority.ca },
          token: bearer,
          request: requestOf(pod, "web"),
        });
      const lease = await leaseOf(async () => ask(process.port));
      await process.kill();
      expect(await lives(lease)).toBe(true);
      const broker = await start();
      onTestFinished(async () => broker.stop());
      const next = await leaseOf(async () => world.ask(broker, pod, "web"));
      await waitUntil("nobody renews the first", async () => !(await lives(lease)));
      expect(await lives(next)).toBe(true);
    });

    it("nothing that was written or told holds a value or a token", () => {
      expect(world.leaks()).toEqual([]);
    });
  });
});
