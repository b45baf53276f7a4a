import { randomUUID } from "node:crypto";
import { reportStatus } from "@sluice/broker";
import { getObject, KubernetesClient, listObjects, patchObject } from "@sluice/kubernetes";
import { storeResource, type StoreStatus } from "@sluice/kubernetes/stores";
import { createLog } from "@sluice/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startVault } from "../../servers/vault.js";
import { calm, installCrds } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { applyStore, createBrokerSecret } from "./test-stores.js";

const vault = await startVault();
const RESOURCE = storeResource({ kind: "ClusterSecretStore" });
const LEASE = { group: "coordination.k8s.io", version: "v1", plural: "leases", namespace: "sluice-system" };

await describeOnKubernetes(
  "what a broker reports of its stores, with the rights that are documented",
  (cluster) => {
    describe.skipIf(vault.kind === "unavailable")("on a real OpenBao", () => {
      if (vault.kind === "unavailable") return;
      let world: BrokerWorld;
      const brokers = new Map<
        string,
        { readonly broker: StartedBroker; readonly stop: () => Promise<void> }
      >();
      /** What each said to its log. */
      const said = new Map<string, string[]>();

      beforeAll(async () => {
        world = await BrokerWorld.open(cluster);
        world.toxic.add(vault.token);
        await installCrds(world.admin);
        for (const identity of ["broker-a", "broker-b"]) await start(identity);
      });
      afterAll(async () => {
        for (const { stop } of brokers.values()) await stop();
        await world.close();
        await vault.stop();
      });

      async function start(identity: string): Promise<void> {
        const broker = await world.start();
        const client = new KubernetesClient({ kubeconfig: world.brokerConfig, environment: {} });
        const lines: string[] = [];
        said.set(identity, lines);
        const write = (line: string): void => {
          lines.push(line);
          world.told.push(line);
        };
        const reporting = reportStatus({
          client,
          catalogue: broker.catalogue,
          check: broker.broker.check,
          place: async () => ({ namespace: "sluice-system", identity }),
          log: createLog("broker", { write }),
          intervalMs: 500,
          retryMs: 200,
          leaseSeconds: 3,
        });
        const stop = async (): Promise<void> => {
          brokers.delete(identity);
          await reporting[Symbol.asyncDispose]();
          await broker.stop();
          client[Symbol.dispose]();
        };
        brokers.set(identity, { broker, stop });
      }

      const statusOf = async (name: string): Promise<StoreStatus> =>
        ((await getObject(world.admin, RESOURCE, name, calm())) as { readonly status?: StoreStatus })
          .status ?? {};

      async function becomes(name: string, reason: string, message = /./): Promise<StoreStatus> {
        let status: StoreStatus = {};
        await expect
          .poll(
            async () => {
              status = await statusOf(name);
              return status.conditions?.[0];
            },
            { timeout: 25_000 },
          )
          .toMatchObject({ reason, message: expect.stringMatching(message) });
        return status;
      }

      const change = async (name: string, spec: object): Promise<unknown> =>
        patchObject(world.admin, RESOURCE, name, { spec }, calm());

      async function eventsOf(name: string): Promise<string[]> {
        const query = {
          resource: { version: "v1", plural: "events", namespace: "default" },
          fieldSelector: `involvedObject.name=${name}`,
        };
        const pages = await Array.fromAsync(listObjects(world.admin, query, calm()));
        return pages.flatMap(({ objects }) => objects.map((event) => String(Reflect.get(event, "reason"))));
      }

      async function createToken(name: string, token: string): Promise<void> {
        world.toxic.add(token);
        await createBrokerSecret(world, name, { token });
      }

      async function vaultStore(
        name: string,
        address: string = vault.kind === "running" ? vault.address : "",
      ) {
        await createToken(name, vault.kind === "running" ? vault.token : "");
        const secretKeyRef = { name, key: "token", namespace: "sluice-system" };
        const optionsFrom = [{ variable: "VAULT_TOKEN", secretKeyRef }];
        await applyStore(world, name, { provider: "vault", options: { address }, optionsFrom });
      }

      it("is that a store which answers is ready, by one of two brokers, with an event", async () => {
        await vaultStore("good");
        // The token of the test is root's.
        const status = await becomes("good", "Warnings", /root/);
        expect(status).toMatchObject({
          observedGeneration: 1,
          checkedAt: expect.stringMatching(/^\d{4}-/),
          conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }],
        });
        await waitUntil("it is told", async () => (await eventsOf("good")).length > 0);
        // Both look at once only if both believe to lead: the event would be there twice.
        expect(await eventsOf("good")).toEqual(["StoreReady"]);
      });

      it("is that one at a wrong address is not ready, with the reason, until it is corrected", async () => {
        await vaultStore("moved", `http://127.0.0.1:${await freePort()}`);
        const status = await becomes("moved", "CheckFailed", /^reachable: /);
        expect(status.conditions).toMatchObject([{ status: "False", observedGeneration: 1 }]);
        await waitUntil("it is told", async () => (await eventsOf("moved")).includes("StoreNotReady"));
        await change("moved", { options: { address: vault.address } });
        expect(await becomes("moved", "Warnings")).toMatchObject({
          observedGeneration: 2,
          conditions: [{ status: "True", observedGeneration: 2 }],
        });
        await waitUntil("it is told", async () => (await eventsOf("moved")).includes("StoreReady"));
      });

      it("is that one with a wrong credential is not ready, until the Secret has the right one", async () => {
        await vaultStore("stranger");
        await becomes("stranger", "Warnings");
        await createToken("stranger", `CANARY-${randomUUID()}`);
        const { conditions } = await becomes("stranger", "CheckFailed", /^authenticated: /);
        expect(conditions?.[0]?.message).not.toContain("CANARY");
        await createToken("stranger", vault.token);
        await becomes("stranger", "Warnings");
      });

      it("is why a store cannot be opened", async () => {
        await applyStore(world, "misspelt", { provider: "vault", options: { adress: "x" } });
        expect((await becomes("misspelt", "Invalid", /adress/)).conditions?.[0]?.status).toBe("False");
        await applyStore(world, "nothing", { provider: "nothing" });
        await becomes("nothing", "Invalid", /no provider is called "nothing"/);
        const secretKeyRef = { name: "forbidden", key: "token", namespace: "sluice-system" };
        await applyStore(world, "forbidden", {
          provider: "vault",
          options: { address: vault.address },
          optionsFrom: [{ variable: "VAULT_TOKEN", secretKeyRef }],
        });
        await becomes("forbidden", "CheckFailed", /403 .*the Secret sluice-system\/forbidden/);
      });

      it("is not what somebody else would be told than the pod that a store acts as", async () => {
        const pod = { provider: "vault", identity: "pod", tokenAudience: "vault" };
        await applyStore(world, "delegated", {
          ...pod,
          options: { address: vault.address, auth: { kubernetes: { role: "none" } } },
        });
        const { conditions } = await becomes("delegated", "Opened", /acts as the pod/);
        expect(conditions?.[0]?.status).toBe("True");
      });

      it("goes on when the broker that reports is gone", async () => {
        const holder = async (): Promise<string> => {
          const lease = await getObject(world.admin, LEASE, "sluice-broker", calm());
          return String(
            (lease as { readonly spec?: { readonly holderIdentity?: string } }).spec?.holderIdentity,
          );
        };
        const leader = await holder();
        expect(brokers.has(leader)).toBe(true);
        await brokers.get(leader)?.stop();
        await vaultStore("later");
        await becomes("later", "Warnings");
        expect(brokers.has(await holder())).toBe(true);
        expect(await holder()).not.toBe(leader);
      });

      it("needs no right that is not documented, and tells no value", async () => {
        // The one Secret that it may not read is the store's affair.
        const all = Array.from(said.values()).flat();
        expect(all.filter((line) => line.includes("this broker reports"))).toHaveLength(2);
        expect(all.filter((line) => line.includes('"level":"warn"'))).toEqual([]);
        const objects = await Array.fromAsync(listObjects(world.admin, { resource: RESOURCE }, calm()));
        const events = { version: "v1", plural: "events", namespace: "default" };
        const told = await Array.fromAsync(listObjects(world.admin, { resource: events }, calm()));
        world.told.push(JSON.stringify(objects), JSON.stringify(told));
        expect(world.leaks()).toEqual([]);
      });
    });
  },
);
