import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubernetesClient } from "@sluice/kubernetes";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { type RealVault, realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";
import { type DeployedProcess, startDeployed } from "./deployed-process.js";
import { applyManifest, find, type Manifest, readManifests } from "./manifests.js";

const LABELS = { "sluice.dev/objects": "enabled" };
const TOXIC = ["superusername", "s/cr t", "rotated-5512"];

const [base, crds, objects] = await Promise.all([
  readManifests("base"),
  readManifests("crds"),
  readManifests("objects"),
]);

await describeOnKubernetes("references in objects, filled by what is deployed for it", (cluster) => {
  const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const applied = new Map<string, Said>();
  let folder: string;
  let vault: RealVault;
  let silent: Server;
  let filler: DeployedProcess;
  let shop: string;
  let other: string;
  let pki: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-objects-"));
    vault = await realVault();
    const data = {
      username: "superusername",
      password: "s/cr t",
      tricky: "vault:secret/data/account#password",
    };
    await vault.api("POST", "secret/data/account", { data });
    await vault.api("POST", "secret/data/forbidden", { data });
    pki = await vault.mount("pki");
    await vault.api("POST", `${pki}/root/generate/internal`, { common_name: "root", ttl: "48h" });
    await vault.api("POST", `${pki}/roles/web`, { allow_any_name: true, max_ttl: "2h" });
    silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port: silentPort } = silent.address() as AddressInfo;
    [shop, other] = [await newNamespace(cluster, LABELS), await newNamespace(cluster, LABELS)];
    for (const manifest of [
      ...crds,
      ...base.filter(({ kind }) => kind === "Namespace" || kind === "PriorityClass"),
    ])
      await must(applyManifest(cluster, manifest));
    for (const manifest of objects)
      applied.set(`${manifest.kind} ${manifest.metadata.name}`, await applyManifest(cluster, manifest));
    await must(applyManifest(cluster, widgetCrd()));
    const paths = ["secret/data/account", "secret/account", `${pki}/issue/*`];
    await must(applyManifest(cluster, store("vault", vault.address, paths)));
    await must(applyManifest(cluster, store("silent", `http://127.0.0.1:${silentPort}`, ["**"])));
    const policy = [
      { namespaces: [shop], resources: ["secrets", "configmaps", "widgets.example.dev"] },
      { namespaces: [other], resources: ["configmaps"] },
    ];
    await writeFile(join(folder, "objects.yaml"), stringify({ policy }));
    const args = ["--namespace", "sluice-system", "--tls-name", "localhost", "--settings", "objects.yaml"];
    filler = await startDeployed({
      cluster,
      admin,
      folder,
      manifests: objects,
      name: "sluice-objects",
      args,
      env: { VAULT_TOKEN: vault.token },
    });
    await reachByUrl(filler.port);
    await waitUntil("objects are filled", async () => {
      const { body } = await create("configmaps", { data: { a: "vault:secret/data/account#username" } });
      return JSON.stringify(body).includes("superusername");
    });
  }, 300_000);
  afterAll(async () => {
    await filler?.stop();
    await vault?.stop();
    silent?.close();
    admin[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** As the API server would find it by its Service; with the rules that our own resource needs. */
  async function reachByUrl(port: number): Promise<void> {
    const manifest = find(
      objects,
      "MutatingWebhookConfiguration",
      "sluice-objects",
    ) as unknown as Configuration;
    const webhooks = manifest.webhooks.map(({ clientConfig, rules, ...others }) => ({
      ...others,
      rules: [...rules, { ...rules[0], apiGroups: ["example.dev"], resources: ["widgets"] }],
      clientConfig: { url: `https://localhost:${port}${clientConfig.service.path}` },
    }));
    const path =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/sluice-objects?fieldManager=kubectl&force=true";
    await must(ask(cluster, "PATCH", path, { ...manifest, webhooks }, "application/apply-patch+yaml"));
  }

  async function create(
    plural: string,
    content: object,
    { namespace = shop, query = "", annotations = {} } = {},
  ): Promise<Said> {
    const group = plural === "widgets" ? "/apis/example.dev/v1" : "/api/v1";
    const kind = { secrets: "Secret", configmaps: "ConfigMap", widgets: "Widget" }[plural];
    return ask(cluster, "POST", `${group}/namespaces/${namespace}/${plural}${query}`, {
      apiVersion: plural === "widgets" ? "example.dev/v1" : "v1",
      kind,
      metadata: { generateName: "o-", annotations },
      ...content,
    });
  }

  it.each(objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`))("%s is taken whole", (what) => {
    const { status, warnings, body } = applied.get(what) as Said;
    expect([status, body.message, warnings]).toEqual([201, undefined, []]);
  });

  it("fills a Secret, as data and as stringData", async () => {
    const { body, status } = await create("secrets", {
      data: { user: encode("vault:secret/data/account#username"), raw: "/w==" },
      stringData: {
        url: "pg://${vault:secret/data/account#username}:${vault:secret/data/account#password}@db",
      },
    });
    expect([status, body.message]).toEqual([201, undefined]);
    expect(body["data"]).toEqual({
      user: encode("superusername"),
      url: encode("pg://superusername:s/cr t@db"),
      raw: "/w==",
    });
  });

  it("fills a registry login, and keeps its other entries", async () => {
    const auths = {
      "registry.example": {
        username: "vault:secret/data/account#username",
        password: "vault:secret/data/account#password",
        auth: encode("vault:secret/data/account#username:vault:secret/data/account#password"),
      },
      "plain.example": { auth: encode("a:b") },
    };
    const { body } = await create("secrets", {
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
    });
    const { ".dockerconfigjson": file = "" } = body["data"] as Record<string, string>;
    expect(JSON.parse(decode(file))).toEqual({
      auths: {
        "registry.example": {
          username: "superusername",
          password: "s/cr t",
          auth: encode("superusername:s/cr t"),
        },
        "plain.example": { auth: encode("a:b") },
      },
    });
  });

  it("fills a ConfigMap, and a resource of somebody else's", async () => {
    const filled = await create("configmaps", {
      data: { "app.ini": "user=${vault:secret/data/account#username}\n" },
      binaryData: { key: encode("vault:secret/data/account#password") },
    });
    expect(filled.body).toMatchObject({
      data: { "app.ini": "user=superusername\n" },
      binaryData: { key: encode("s/cr t") },
    });
    const { body } = await create("widgets", {
      spec: {
        size: 9_007_199_254_740_993n.toString(),
        list: [{ text: "secret://vault/secret/account#username" }],
      },
    });
    expect(body["spec"]).toEqual({ size: "9007199254740993", list: [{ text: "superusername" }] });
  });

  it("denies what no rule allows, with what to do; and leaves what its author turned off", async () => {
    const stringData = { a: "vault:secret/data/account#username" };
    const { status, body } = await create("secrets", { stringData }, { namespace: other });
    expect(status).toBe(403);
    expect(body.message).toMatch(/no rule lets them be filled .* SecretSync/);
    const annotations = { "sluice.dev/inject": "false" };
    const off = await create("secrets", { stringData }, { namespace: other, annotations });
    expect(off.body["data"]).toEqual({ a: encode(stringData.a) });
    const elsewhere = await create("secrets", { stringData }, { namespace: await newNamespace(cluster) });
    expect(elsewhere.body["data"]).toEqual({ a: encode(stringData.a) });
  });

  it("holds every reference against the store's access list, and tells no value", async () => {
    const stringData = {
      a: "vault:secret/data/forbidden#username",
      b: "vault:secret/data/account#nobody",
    };
    const { status, body } = await create("secrets", { stringData });
    expect(status).toBe(422);
    expect(body.message).toContain(
      `service account ${shop}/sluice-objects may not read "secret/data/forbidden"`,
    );
    const missing = await create("secrets", { stringData: { b: stringData.b } });
    expect(missing.body.message).toContain("field-missing");
    const tricky = await create("secrets", { stringData: { a: "vault:secret/data/account#tricky" } });
    expect(tricky.body.message).toContain("reads as a reference itself");
    for (const word of TOXIC) expect(JSON.stringify([missing.body, body])).not.toContain(word);
  });

  it("writes and then reads, but not in a dry run", async () => {
    const issued = async (): Promise<number> => {
      const { data } = await vault.api("LIST", `${pki}/certs`);
      return (data as { readonly keys: readonly string[] }).keys.length;
    };
    const stringData = {
      cert: `>>vault:${pki}/issue/web#certificate#{"common_name":"web.example"}`,
      user: "vault:secret/data/account#username",
    };
    const before = await issued();
    const dry = await create("secrets", { stringData }, { query: "?dryRun=All" });
    expect([dry.status, dry.body.message]).toEqual([201, undefined]);
    expect(dry.body["data"]).toEqual({ cert: encode(stringData.cert), user: encode("superusername") });
    expect(dry.warnings.join()).toContain("so a dry run leaves it");
    expect(await issued()).toBe(before);
    const { body } = await create("secrets", { stringData });
    expect(decode((body["data"] as Record<string, string>)["cert"] ?? "")).toContain("BEGIN CERTIFICATE");
    expect(await issued()).toBe(before + 1);
  });

  it("leaves filled values through updates, and fills references again when they come again", async () => {
    const manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "again", namespace: shop },
      stringData: { password: "vault:secret/data/account#password" },
    };
    const path = `/api/v1/namespaces/${shop}/secrets/again`;
    const password = ({ data }: Said["body"]): string =>
      decode((data as Record<string, string>)["password"] ?? "");
    expect(password(await must(applyManifest(cluster, manifest)))).toBe("s/cr t");
    const data = { username: "superusername", password: "rotated-5512" };
    await vault.api("POST", "secret/data/account", { data });
    const labelled = { metadata: { labels: { a: "b" } } };
    const patched = await must(ask(cluster, "PATCH", path, labelled, "application/merge-patch+json"));
    expect(password(patched)).toBe("s/cr t");
    expect(password(await must(applyManifest(cluster, manifest)))).toBe("rotated-5512");
  });

  it("lets what was stored before it be relabelled and deleted, without a rule", async () => {
    const namespace = await newNamespace(cluster);
    const { body } = await create("secrets", { stringData: { a: "secret://vault/x" } }, { namespace });
    const { name } = body["metadata"] as { readonly name: string };
    const at = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    await must(
      ask(cluster, "PATCH", `/api/v1/namespaces/${namespace}`, { metadata: { labels: LABELS } }, MERGE),
    );
    await waitUntil("the namespace is looked at", async () => {
      const said = await create("secrets", { stringData: { a: "secret://vault/x" } }, { namespace });
      return said.status === 403;
    });
    const { status, warnings } = await ask(cluster, "PATCH", at, { metadata: { labels: { a: "b" } } }, MERGE);
    expect([status, warnings.join()]).toEqual([200, expect.stringContaining("nobody fills")]);
    const changed = await ask(cluster, "PATCH", at, { stringData: { a: "secret://vault/y" } }, MERGE);
    expect(changed.status).toBe(403);
    await must(ask(cluster, "DELETE", at));
  });

  it("takes a policy that changes without a restart, and not one that is malformed", async () => {
    const secret = async () =>
      create("secrets", { stringData: { a: "vault:secret/data/account#username" } }, { namespace: other });
    await writeFile(join(folder, "objects.yaml"), "policy: [{ namespaces: [x], resorces: [secrets] }]\n");
    await waitUntil("it says what is wrong", () => filler.said().includes("resorces"));
    expect((await secret()).status).toBe(403);
    const policy = [{ namespaces: ["*"], resources: ["secrets", "configmaps"] }];
    await writeFile(join(folder, "objects.yaml"), stringify({ policy }));
    await waitUntil("the new policy counts", async () => (await secret()).status === 201);
  });

  it("denies within the time of the webhook when a store does not answer", async () => {
    const { body } = await create("configmaps", { data: { a: "secret://silent/a#b" } });
    expect(body.message).toContain("could not be read within the time of the webhook");
  });

  it("wrote who read what, and no value; and was never refused a right", () => {
    const said = filler.said();
    expect(said).toContain('"event":"read-for-object"');
    expect(said).toContain(`"namespace":"${shop}","serviceAccount":"sluice-objects"`);
    for (const word of TOXIC) expect(said).not.toContain(word);
    expect(said).not.toMatch(/forbidden:|cannot be written|"level":"error"/i);
  });
});

const MERGE = "application/merge-patch+json";
const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (text: string): string => Buffer.from(text, "base64").toString("utf8");

interface Configuration {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: { readonly path: string } };
    readonly rules: readonly object[];
  }[];
}

/** A store that the objects of every namespace may read these paths of, and no workload. */
function store(name: string, address: string, paths: readonly string[]): Manifest {
  const access = [{ namespaces: ["*"], serviceAccounts: ["sluice-objects"], paths }];
  const spec = {
    provider: "vault",
    options: { address },
    access,
    leases: "broker",
    cache: { ttlSeconds: 0 },
  };
  return { apiVersion: STORE_API_VERSION, kind: "ClusterSecretStore", metadata: { name }, spec };
}

function widgetCrd(): Manifest {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.dev" },
    spec: {
      group: "example.dev",
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
}
