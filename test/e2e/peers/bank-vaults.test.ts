import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { startAws } from "../../servers/aws.js";
import { containerImages } from "../../servers/containers/container-images.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { startKeyVault } from "../../servers/key-vault.js";
import type { Unavailable } from "../../servers/shared/server.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { HOSTILE_ADDRESSES } from "./hostile-addresses.js";
import { DIALECTS, fillServers, formImages, LAUNCHER, startFormsBroker } from "./bank-vaults-world.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";
import { type Node, runPod } from "./mini-kubelet.js";
import { variablesIn } from "./peer-manifests.js";
import { filledForm, FORMS, podOf, type ReferenceForm } from "./reference-forms.js";

const LABELS = { webhook: "sluice" };
const ADDRESS = "secrets-webhook.security.bank-vaults.io/vault-addr";

await describeOnKubernetes("a pod written for bank-vaults, from admission to its environment", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const stops: (() => Promise<void>)[] = [];
  let node: Node;
  let namespace = "";
  let webhook: StartedWebhook;
  let broker: StartedBroker;
  let known: Record<string, string>;

  beforeAll(async () => {
    const world = await BrokerWorld.open(cluster);
    stops.push(async () => world.close());
    const vault = await realVault();
    const keyVault = running(await startKeyVault());
    const aws = running(await startAws());
    stops.push(...[vault, keyVault, aws].map((server) => async () => server.stop()));
    const servers = { vault, keyVault, aws: aws.address };
    known = { ...(await fillServers(servers)), CONFIGMAP: "", SECRET: "" };
    broker = await startFormsBroker(world, servers);
    stops.push(async () => broker.stop());
    const runtime = await containerImages();
    node = { client, runtime, images: await formImages(world, runtime) };
    const source = {
      address: `https://${broker.running.address}`,
      serverName: SERVER_NAME,
      roots: world.authority.ca,
    };
    const settings = { source, launcher: { image: LAUNCHER, delivery: "copy" as const } };
    webhook = await startWebhook(client, { settings, dialects: DIALECTS });
    stops.push(async () => webhook.stop());
    for (const kind of ["Mutating", "Validating"] as const) {
      const path = kind === "Mutating" ? "mutate" : "validate";
      await register(cluster, kind, path, `https://${webhook.address}/${path}`, webhook.caBundle);
    }
    namespace = await newNamespace(cluster, LABELS);
    await waitUntil("the API server asks the webhook", async () => {
      const first = podOf({ name: "first", env: { A: "vault:a#b" } }, known);
      return JSON.stringify((await create(first)).body).includes("SLUICE_PLAN");
    });
  }, 300_000);
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    client[Symbol.dispose]();
  });

  const create = async (pod: Pod) => ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, pod);

  /** Creates what a form's container takes variables from, and says by which names. */
  async function createSources({ configMap, secret }: ReferenceForm): Promise<Record<string, string>> {
    const make = async (plural: string, content: object): Promise<string> => {
      const path = `/api/v1/namespaces/${namespace}/${plural}`;
      const made = await must(
        ask(cluster, "POST", path, { metadata: { generateName: "form-" }, ...content }),
      );
      return String((made["metadata"] as { readonly name?: string }).name);
    };
    return {
      CONFIGMAP: configMap === undefined ? "none" : await make("configmaps", { data: configMap }),
      SECRET: secret === undefined ? "none" : await make("secrets", { stringData: secret }),
    };
  }

  /** Creates a form's pod as its author would. */
  async function submit(written: ReferenceForm): Promise<Awaited<ReturnType<typeof create>>> {
    const filled = filledForm(written, { ...known, CONFIGMAP: "<CONFIGMAP>", SECRET: "<SECRET>" });
    const sources = await createSources(filled);
    return create(podOf(filledForm(filled, sources), sources));
  }

  it.each(FORMS.filter(({ denied, fails }) => (denied ?? fails) === undefined))("$name", async (form) => {
    const { body } = await submit(form);
    expect(body.message).toBeUndefined();
    const ends = await runPod(node, body as unknown as Pod);
    expect(ends.has("before")).toBe(form.init === true);
    for (const container of form.init === true ? ["before", "web"] : ["web"]) {
      expect(ends.get(container)).toMatchObject({ code: 0, stderr: "" });
      const variables = variablesIn(ends.get(container)?.stdout ?? "");
      expect(variables).toMatchObject({ ...form.expect, ...patterns(form.matches) });
      for (const name of form.absent ?? []) expect(variables).not.toHaveProperty(name);
      expect(Object.keys(variables).filter((name) => name.startsWith("SLUICE_"))).toEqual([]);
    }
  });

  it.each(FORMS.filter(({ fails }) => fails !== undefined))("$name: it does not start", async (form) => {
    const ends = await runPod(node, (await submit(form)).body as unknown as Pod);
    expect(ends.get("web")).toMatchObject({ stdout: "", stderr: expect.stringContaining(form.fails ?? "") });
    expect(ends.get("web")?.code).not.toBe(0);
  });

  it.each(FORMS.filter(({ denied }) => denied !== undefined))("$name: it is denied", async (form) => {
    const { status, body } = await submit(form);
    expect([status, body.message]).toEqual([422, expect.stringContaining(form.denied ?? "")]);
  });

  it("has forms enough, and each says what comes of it", () => {
    expect(FORMS.length).toBeGreaterThan(30);
    for (const { expect: wanted, matches, denied, fails } of FORMS)
      expect(wanted ?? matches ?? denied ?? fails).toBeDefined();
  });

  describe("a server that its author chose", () => {
    it.each(HOSTILE_ADDRESSES)("is refused, and never dialled: %s", async (address) => {
      const pod = podOf({ name: "hostile", env: { A: "vault:secret/data/account#username" } }, known);
      const before = webhook.logged.length;
      const { status, body } = await create({
        ...pod,
        metadata: { ...pod.metadata, annotations: { [ADDRESS]: address } },
      });
      expect(status).toBe(422);
      expect(body.message).toContain("names a server that no store is known for");
      expect(webhook.logged.slice(before).join("\n")).toContain('"code":422');
    });
  });
});

function patterns(matches: ReferenceForm["matches"] = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(matches).map(([name, pattern]) => [name, expect.stringMatching(new RegExp(pattern))]),
  );
}

function running<Server extends { readonly kind: string }>(
  server: Server | Unavailable,
): Exclude<Server, Unavailable> {
  if (server.kind === "unavailable") throw new Error(JSON.stringify(server));
  return server as Exclude<Server, Unavailable>;
}
