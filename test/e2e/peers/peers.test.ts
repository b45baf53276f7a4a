import { copyFile, chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defineProvider } from "@sluice/core";
import type { Pod } from "@sluice/core/pod";
import { akv2k8s, atarraya, secretsInit, sluice } from "@sluice/dialects";
import { KubernetesClient } from "@sluice/kubernetes";
import { azureKeyVault } from "@sluice/provider-azure";
import { createImageCommands, createRegistryClient, registryCommands } from "@sluice/webhook/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseManifestFile } from "@sluice/mode/manifests";
import { migrateManifests } from "../../../packages/cli/src/migrate/migrate-manifests.js";
import { createAzureProvider } from "../../../packages/provider-azure/src/azure-provider.js";
import {
  ENVIRONMENT,
  registerWeb,
  WEB,
  WEB_SECRET,
} from "../../../packages/provider-azure/test/applications.js";
import { call, write } from "../../../packages/provider-azure/test/call.js";
import { makeCertificates } from "../../../packages/provider-azure/test/make-certificates.js";
import { trustOf } from "../../../packages/provider-azure/test/support.js";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import { launcherProgram } from "../../servers/launcher.js";
import { pushImage } from "../../servers/registry/push-image.js";
import { type RunningRegistry, startRegistry } from "../../servers/registry/registry.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { azureKeyVaultSecretCrd } from "../webhook/azure-key-vault-secret-crd.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";
import { type NodeImage, runPod } from "./mini-kubelet.js";
import { objectsOf, type PeerManifest, PEERS, textOf, variablesIn } from "./peer-manifests.js";

const LAUNCHER = "example.test/sluice-launcher:1";
const LABELS = { webhook: "sluice" };
const READS = (["secrets", "certificates"] as const).map((kind) => ({ kind, permissions: ["get"] }));
const PEM = { secret_props: { contentType: "application/x-pem-file" } };

await describeOnKubernetes("manifests of the systems that are replaced", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  let world: BrokerWorld;
  let vaults: KeyVault;
  let broker: StartedBroker;
  let webhook: StartedWebhook;
  let registry: RunningRegistry;
  let runtime: ContainerImages;
  let images: Record<string, NodeImage>;

  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    vaults = expectRunning(await startKeyVault());
    registry = expectRunning(await startRegistry());
    await registerWeb(vaults);
    for (const peer of PEERS) await fillVaults(peer);
    broker = await world.start({
      stores: storesOf(),
      providers: [azureOnEmulator()],
      environment: ENVIRONMENT,
    });
    runtime = await containerImages();
    images = await nodeImages();
    await pushImage(registry.host, "library/alpine", "latest", { Cmd: ["/probe"] });
    await startAdmission();
  }, 300_000);
  afterAll(async () => {
    await webhook?.stop();
    await broker?.stop();
    await registry?.stop();
    await vaults?.stop();
    await world?.close();
    client[Symbol.dispose]();
  });

  /** Every vault is a store of its name, which the broker logs in to by itself. */
  function storesOf(): Record<string, object> {
    const names = PEERS.flatMap(({ secrets = {}, certificates = {} }) => [
      ...Object.keys(secrets),
      ...Object.keys(certificates),
    ]);
    const access = [{ namespaces: ["*"], serviceAccounts: ["default"], paths: ["**"] }];
    const store = (vault: string) => ({
      provider: "azure-key-vault",
      options: { vault, auth: WEB_SECRET },
      access,
    });
    return Object.fromEntries(names.map((vault) => [vault, store(vault)]));
  }

  /** Fills the vaults of a manifest, and lets the broker's application read, no more. */
  async function fillVaults({ secrets = {}, certificates = {} }: (typeof PEERS)[number]): Promise<void> {
    const { leaf, key } = await makeCertificates("rsa");
    for (const vault of new Set([...Object.keys(secrets), ...Object.keys(certificates)])) {
      const host = `${vault}.vault.azure.net`;
      const server = await vaults.at(host);
      await vaults.grant({ [WEB]: READS }, host);
      for (const [name, value] of Object.entries(secrets[vault] ?? {})) await write(server, name, value);
      for (const name of certificates[vault] ?? [])
        await call(server, "POST", `/certificates/${name}/import`, { value: leaf + key, policy: PEM });
    }
  }

  /** The provider, led to the emulator where it would ask Azure. */
  function azureOnEmulator() {
    return defineProvider({
      ...azureKeyVault,
      create: (options, dependencies) => createAzureProvider(options, dependencies, trustOf(vaults)),
    });
  }

  /** What the node has: an image of the launcher alone, and root filesystems under the names that manifests use. */
  async function nodeImages(): Promise<Record<string, NodeImage>> {
    const root = join(world.folder, "launcher-image");
    for (const folder of ["proc", "dev", "sluice"]) await mkdir(join(root, folder), { recursive: true });
    const program = await launcherProgram();
    if (program === undefined) throw new Error("The launcher needs Go to be built");
    await copyFile(program, join(root, "sluice-launch"));
    await chmod(join(root, "sluice-launch"), 0o555);
    await chmod(world.folder, 0o755);
    const { musl, debian } = runtime.roots;
    return {
      [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] },
      "alpine:3.10": { root: musl, cmd: ["/bin/sh"] },
      alpine: { root: musl, cmd: ["/probe"] },
      app: { root: debian },
    };
  }

  async function startAdmission(): Promise<void> {
    const registryClient = createRegistryClient({ insecure: [registry.host] });
    const mirrors = { "docker.io": [registry.host] };
    webhook = await startWebhook(client, {
      settings: {
        source: {
          address: `https://${broker.running.address}`,
          serverName: SERVER_NAME,
          roots: world.authority.ca,
        },
        launcher: { image: LAUNCHER, delivery: "copy" },
      },
      commands: registryCommands({
        client,
        images: createImageCommands({ client: registryClient, mirrors }),
      }),
    });
    const at = `https://${webhook.address}`;
    await register(cluster, "Mutating", "mutate", `${at}/mutate`, webhook.caBundle);
    await register(cluster, "Validating", "validate", `${at}/validate`, webhook.caBundle);
    const crd = azureKeyVaultSecretCrd("v2beta1", "v1alpha1");
    await must(ask(cluster, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd));
    const namespace = await newNamespace(cluster, LABELS);
    const first = {
      metadata: { generateName: "first-" },
      spec: {
        containers: [
          { name: "a", image: "app", command: ["a"], env: [{ name: "A", value: "secret://x/y" }] },
        ],
      },
    };
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify(
        (await ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, first)).body,
      ).includes("SLUICE_PLAN"),
    );
  }

  /** Creates a manifest's pod, runs it, and holds what its containers end with against what they must. */
  async function runPeer(
    { expect: wanted }: PeerManifest,
    { pod, others }: ReturnType<typeof objectsOf>,
    labels: Readonly<Record<string, string>>,
  ): Promise<number> {
    const namespace = await newNamespace(cluster, { ...LABELS, ...labels });
    for (const other of others)
      await waitUntil("its kind is served", async () => {
        const path = `/apis/spv.no/v1alpha1/namespaces/${namespace}/azurekeyvaultsecrets`;
        return [201, 409].includes((await ask(cluster, "POST", path, other)).status);
      });
    const named = { ...pod, metadata: { generateName: "peer-", ...pod.metadata } };
    const admitted = (await must(
      ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, named),
    )) as unknown as Pod;
    const ends = await runPod({ client, runtime, images }, admitted);
    for (const [container, { stdout, variables, matches = {} }] of Object.entries(wanted)) {
      const end = ends.get(container);
      expect(end).toMatchObject({ code: 0, stderr: "" });
      const report = end?.stdout ?? "";
      expect(stdout === undefined || report === stdout).toBe(true);
      expect(variablesIn(report)).toMatchObject({
        ...variables,
        ...Object.fromEntries(
          Object.entries(matches).map(([name, pattern]) => [
            name,
            expect.stringMatching(new RegExp(pattern)),
          ]),
        ),
      });
      expect(Object.keys(variablesIn(report)).filter((name) => /^(SLUICE|ATARRAYA)_/.test(name))).toEqual([]);
    }
    return ends.size;
  }

  describe.each(PEERS)("$name", (peer) => {
    const { namespaceLabels = {} } = peer;

    it("is admitted unmodified, and its containers end with the right variables", async () => {
      expect(await runPeer(peer, objectsOf(peer), namespaceLabels)).toBeGreaterThan(0);
    });

    it("is rewritten by sluice migrate, and ends with the same, without its objects and labels", async () => {
      const file = parseManifestFile(peer.manifest, textOf(peer));
      const dialects = [sluice(), atarraya(), akv2k8s(), secretsInit()];
      const { text, issues } = migrateManifests([file], dialects, "default");
      expect(issues).toEqual([]);
      expect(text).toContain("secret://");
      expect(text).not.toMatch(/@azurekeyvault|atarraya\/keyvault|ATARRAYA_SECRET_/);
      expect(await runPeer(peer, { ...objectsOf(peer, text), others: [] }, {})).toBeGreaterThan(0);
    });
  });
});

function expectRunning<Server extends { readonly kind: string }>(
  server: Server,
): Extract<Server, { kind: "running" }> {
  if (server.kind !== "running") throw new Error(JSON.stringify(server));
  return server as Extract<Server, { kind: "running" }>;
}
