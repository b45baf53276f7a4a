import { type Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { type StoreCatalogue, watchStores } from "@sluice/kubernetes/stores";
import { watchedStores } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openCluster } from "../../../packages/provider-vault/test/cluster.js";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { containerImages } from "../../servers/containers/container-images.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { installCrds } from "../broker/broker-access.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { applyStore, untilKnown } from "../broker/test-stores.js";
import { formImages, LAUNCHER } from "../peers/bank-vaults-world.js";
import { type Node, runPod } from "../peers/mini-kubelet.js";
import { variablesIn } from "../peers/peer-manifests.js";
import { ask, must, newNamespace, register, type Said, startWebhook } from "./support.js";

const AUDIENCE = "https://vault.example";
const MOUNT = "kubernetes";

await describeOnKubernetes(
  "7.6 a pod whose store acts as it, from admission to its environment",
  (cluster) => {
    const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    const stops: (() => Promise<void>)[] = [];
    let world: BrokerWorld;
    let broker: StartedBroker;
    let catalogue: StoreCatalogue;
    let node: Node;
    let namespace = "";

    beforeAll(async () => {
      world = await BrokerWorld.open(cluster);
      stops.push(async () => world.close());
      const vault = await realVault();
      stops.push(async () => vault.stop());
      await installCrds(world.admin);
      namespace = await newNamespace(cluster, { webhook: "sluice" });
      for (const name of ["web", "job"]) {
        const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
        await must(ask(cluster, "POST", path, { metadata: { name } }));
        await vault.api("POST", `secret/data/accounts/${name}`, { data: { value: world.secret(name) } });
      }
      await letAccountsReadTheirOwn(vault.api, await (await openCluster(cluster)).reviewer());
      const options = {
        address: vault.address,
        auth: { kubernetes: { role: "app", mount: MOUNT, audience: AUDIENCE } },
      };
      await applyStore(
        world,
        "own",
        { provider: "vault", options, identity: "pod", tokenAudience: AUDIENCE },
        namespace,
      );
      broker = await world.start();
      stops.push(async () => broker.stop());
      await untilKnown(broker, namespace, "own");
      const runtime = await containerImages();
      node = { client, runtime, images: await formImages(world, runtime) };
      const source = {
        address: `https://${broker.running.address}`,
        serverName: SERVER_NAME,
        roots: world.authority.ca,
      };
      catalogue = watchStores(client, { asDeclared: true });
      const webhook = await startWebhook(client, {
        settings: { source, launcher: { image: LAUNCHER, delivery: "copy" } },
        stores: watchedStores(catalogue),
      });
      stops.push(async () => webhook.stop());
      for (const [kind, path] of [
        ["Mutating", "mutate"],
        ["Validating", "validate"],
      ] as const)
        await register(cluster, kind, path, `https://${webhook.address}/${path}`, webhook.caBundle);
      await waitUntil("the API server asks the webhook", async () =>
        JSON.stringify((await create("web", "web")).body).includes("SLUICE_PLAN"),
      );
    }, 300_000);
    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop();
      catalogue?.[Symbol.dispose]();
      client[Symbol.dispose]();
    });

    async function letAccountsReadTheirOwn(
      api: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>,
      reviewer: string,
    ): Promise<void> {
      await api("POST", `sys/auth/${MOUNT}`, { type: "kubernetes" });
      await api("POST", `auth/${MOUNT}/config`, {
        kubernetes_host: cluster.address,
        kubernetes_ca_cert: cluster.caCert,
        token_reviewer_jwt: reviewer,
        disable_local_ca_jwt: true,
      });
      const { data } = await api("GET", "sys/auth");
      const { accessor } = (data as Record<string, { accessor: string }>)[`${MOUNT}/`] ?? {};
      const own = `secret/data/accounts/{{identity.entity.aliases.${accessor}.metadata.service_account_name}}`;
      await api("PUT", "sys/policies/acl/own-account", {
        policy: `path "${own}" { capabilities = ["read"] }`,
      });
      await api("POST", `auth/${MOUNT}/role/app`, {
        bound_service_account_names: ["web", "job"],
        bound_service_account_namespaces: [namespace],
        audience: AUDIENCE,
        token_policies: ["own-account"],
      });
    }

    /** Creates a pod of an account, one of whose containers asks for the secret of `owner`. */
    async function create(serviceAccountName: string, owner: string, store = "own"): Promise<Said> {
      const env = [{ name: "OWN", value: `secret://${store}/secret/accounts/${owner}#value` }];
      return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, {
        metadata: { generateName: "pod-" },
        spec: {
          serviceAccountName,
          containers: [
            { name: "web", image: "app", command: ["/probe"], env },
            { name: "plain", image: "app", command: ["/probe"] },
          ],
        },
      });
    }

    async function run(said: Said) {
      expect(said).toMatchObject({ status: 201, warnings: [] });
      const end = (await runPod(node, said.body as unknown as Pod)).get("web");
      if (end === undefined) throw new Error("The container was not started");
      return end;
    }

    it.each(["web", "job"])("is given what its account %s may read", async (account) => {
      const end = await run(await create(account, account));
      expect(end).toMatchObject({ code: 0, stderr: "" });
      expect(variablesIn(end.stdout)).toMatchObject({ OWN: `VALUE-${account}-4be1` });
      expect(Object.keys(variablesIn(end.stdout)).filter((name) => name.startsWith("SLUICE_"))).toEqual([]);
    });

    it("is denied what another account may read", async () => {
      const end = await run(await create("web", "job"));
      expect(end.code).toBe(77);
      expect(end.stdout + end.stderr).not.toContain("VALUE-");
      expect(world.audit().at(-1)).toMatchObject({ event: "refused", status: 403 });
    });

    it("has the token in the container that asks, and in no other", async () => {
      const { spec } = (await create("web", "web")).body as unknown as Pod;
      const volume = spec.volumes?.find(({ name }) => name.startsWith("sluice-token-"));
      expect(volume?.["projected"]).toMatchObject({
        sources: [
          { serviceAccountToken: { audience: "sluice/web", path: "token" } },
          {
            serviceAccountToken: {
              audience: AUDIENCE,
              path: expect.stringMatching(/^tokens\/[0-9a-f]{16}$/),
            },
          },
        ],
      });
      const mounting = spec.containers.filter(({ volumeMounts = [] }) =>
        volumeMounts.some(({ name }) => name === volume?.name),
      );
      expect(mounting.map(({ name }) => name)).toEqual(["web"]);
    });

    it("whose store does not exist yet is admitted with a warning, and one that comes with its store has its token", async () => {
      const said = await create("web", "web", "later");
      expect(said).toMatchObject({ status: 201, warnings: [expect.stringContaining('No store "later"')] });
      const spec = { provider: "vault", identity: "pod", tokenAudience: "later-audience" };
      await applyStore(world, "later", spec, namespace);
      expect(JSON.stringify((await create("web", "web", "later")).body)).toContain("later-audience");
    });

    it("nothing that was told holds a value or a token", () => {
      expect(world.leaks()).toEqual([]);
    });
  },
);
