import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManifestFile, parseManifestFile } from "@sluice/mode/manifests";
import { migrateManifests } from "../../../packages/cli/src/migrate/migrate-manifests.js";
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
import {
  ask,
  must,
  newNamespace,
  register,
  type Said,
  startWebhook,
  type StartedWebhook,
} from "../webhook/support.js";
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

  /** The pod of a form, and the objects that it takes variables from. */
  async function fill(
    written: ReferenceForm,
  ): Promise<{ readonly pod: Pod; readonly files: ManifestFile[] }> {
    const filled = filledForm(written, { ...known, CONFIGMAP: "<CONFIGMAP>", SECRET: "<SECRET>" });
    const sources = await createSources(filled);
    const pod = podOf(filledForm(filled, sources), sources);
    const objects = [
      { kind: "ConfigMap", metadata: { name: sources["CONFIGMAP"] }, data: filled.configMap },
      { kind: "Secret", metadata: { name: sources["SECRET"] }, data: encoded(filled.secret) },
    ];
    const texts = [pod, ...objects].map((object) => JSON.stringify(object));
    return { pod, files: texts.map((text, index) => parseManifestFile(`${index}.json`, text)) };
  }

  /** Creates a form's pod as its author would. */
  async function submit(form: ReferenceForm): Promise<Awaited<ReturnType<typeof create>>> {
    return create((await fill(form)).pod);
  }

  /** Runs what was admitted, and holds the environments of its containers against what the form says. */
  async function runForm(body: Said["body"], form: ReferenceForm): Promise<Record<string, string>[]> {
    expect(body.message).toBeUndefined();
    const ends = await runPod(node, body as unknown as Pod);
    expect(ends.has("before")).toBe(form.init === true);
    return Array.from(
      ends.keys().filter((name) => name === "before" || name === "web"),
      (container) => {
        expect(ends.get(container)).toMatchObject({ code: 0, stderr: "" });
        const variables = variablesIn(ends.get(container)?.stdout ?? "");
        expect(variables).toMatchObject({ ...form.expect, ...patterns(form.matches) });
        for (const name of form.absent ?? []) expect(variables).not.toHaveProperty(name);
        expect(Object.keys(variables).filter((name) => name.startsWith("SLUICE_"))).toEqual([]);
        return variables;
      },
    );
  }

  const starts = FORMS.filter(({ denied, fails }) => (denied ?? fails) === undefined);

  it.each(starts)("$name", async (form) => {
    const environments = await runForm((await submit(form)).body, form);
    expect(environments).toHaveLength(form.init === true ? 2 : 1);
  });

  it.each(starts.filter(({ migrates }) => migrates === undefined))(
    "$name, migrated: it ends with the same",
    async (form) => {
      const { files } = await fill(form);
      const [file] = files;
      const { text, issues } = migrateManifests(files.slice(0, 1), DIALECTS, namespace);
      expect(issues).toEqual([]);
      const isSkipped = form.annotations?.["mutate"] === "skip";
      expect(/"(?:>>)?(?:vault|bao):|[$][{](?:>>)?(?:vault|bao):/.test(text)).toBe(isSkipped);
      expect(/bank-vaults\.io|banzaicloud\.io/.test(text)).toBe(isSkipped);
      expect(file?.text === text.trimEnd()).toBe(isSkipped);
      const environments = await runForm((await create(JSON.parse(text) as Pod)).body, form);
      expect(environments).toHaveLength(form.init === true ? 2 : 1);
    },
  );

  it.each(starts.filter(({ migrates }) => migrates !== undefined))(
    "$name: migrating it is left to people",
    async (form) => {
      const { issues } = migrateManifests((await fill(form)).files, DIALECTS, namespace);
      expect(issues.map(({ problem }) => problem).join("\n")).toContain(form.migrates);
    },
  );

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

    it.each(["root", "team/b", "../team/a", "team/a/../b", "team%2Fa"])(
      "is refused by its namespace as well: %s",
      async (vaultNamespace) => {
        const pod = podOf({ name: "hostile", env: { A: "vault:secret/data/account#username" } }, known);
        const annotations = {
          [ADDRESS]: "https://vault.known.example:8200",
          [ADDRESS.replace("addr", "namespace")]: vaultNamespace,
        };
        const { status, body } = await create({ ...pod, metadata: { ...pod.metadata, annotations } });
        expect([status, body.message]).toEqual([
          422,
          expect.stringContaining("vault-addr and vault-namespace names a server that no store is known for"),
        ]);
      },
    );
  });
});

function encoded(data: ReferenceForm["secret"] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
}

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
