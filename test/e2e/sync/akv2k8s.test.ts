import { createPublicKey, generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { keyVaultSecretSource, secretSyncSource } from "@sluice/crd-sync";
import { defaultStoreOf, readAzureKeyVaultSecret } from "@sluice/dialects";
import {
  deleteObject,
  field,
  getObject,
  type KubernetesObject,
  type ObjectToWrite,
} from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { call, write } from "../../../packages/provider-azure/test/call.js";
import {
  type MadeCertificates,
  makeCertificates,
} from "../../../packages/provider-azure/test/make-certificates.js";
import { startConnectProxy } from "../../servers/connect-proxy.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, calm, createNamespace } from "../broker/broker-access.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 120_000 });

const DEPLOY = new URL("../../../deploy/kustomize/", import.meta.url);
const DOCUMENTS = new URL("../../fixtures/peers/akv2k8s-sync.yaml", import.meta.url);
const GROUP = { group: "spv.no", version: "v2beta1", plural: "azurekeyvaultsecrets" };
const VAULTS = ["sluice", "akv2k8s-test", "my-kv"];
const PEM = { secret_props: { contentType: "application/x-pem-file" } };

type Written = ObjectToWrite & { readonly metadata: { readonly name: string; readonly namespace?: string } };
const fingerprints = (pem = ""): string[] =>
  pem
    .split(/(?<=END CERTIFICATE-----\n)/)
    .filter((block) => block.trim() !== "")
    .map((block) => new X509Certificate(block).fingerprint256);

await describeOnKubernetes("sluice sync --akv2k8s", (cluster) => {
  let world: SyncWorld;
  let vault: KeyVault;
  let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
  let started: StartedSync;
  let namespace: string;
  let made: MadeCertificates;

  beforeAll(async () => {
    world = await SyncWorld.open(cluster);
    const azure = await startKeyVault();
    if (azure.kind === "unavailable") throw new Error(azure.reason);
    vault = azure;
    proxy = await startConnectProxy(vault.detour.port);
    // The vendor's library finds it here only.
    vi.stubEnv("HTTPS_PROXY", proxy.address);
    await install();
    await fillVault();
    namespace = await world.newNamespace();
    started = world.start({
      sources: [
        secretSyncSource(),
        keyVaultSecretSource({ read: readAzureKeyVaultSecret, storeOf: defaultStoreOf, intervalMs: 5_000 }),
      ],
    });
  }, 240_000);

  afterAll(async () => {
    await started.stop();
    vi.unstubAllEnvs();
    await proxy[Symbol.asyncDispose]();
    await vault.stop();
    await world.close();
  }, 60_000);

  /** The kind, the rights, and a store of each vault's name. */
  async function install(): Promise<void> {
    const crd = await readFile(new URL("crds-akv2k8s/azurekeyvaultsecrets.yaml", DEPLOY), "utf8");
    await apply(world.admin, parse(crd) as Written);
    const rights = await readFile(new URL("components/sync-akv2k8s/rbac.yaml", DEPLOY), "utf8");
    for (const document of parseAllDocuments(rights)) await apply(world.admin, document.toJS() as Written);
    for (const version of ["v1alpha1", "v1", "v2alpha1", "v2beta1"])
      await waitUntil(`${version} is served`, async () =>
        world.admin.call({ path: `/apis/spv.no/${version}/azurekeyvaultsecrets` }, calm()).then(
          () => true,
          () => false,
        ),
      );
    const [clientId, secret] = [randomUUID(), randomUUID()];
    world.toxic.add(secret);
    await vault.register({ clientId, secret });
    await world.create("sluice-system", "azure", { secret });
    const { tenant: tenantId, caFile } = vault;
    const rules = (["secrets", "certificates", "keys"] as const).map((kind) => ({
      kind,
      permissions: ["get", "list"] as const,
    }));
    for (const name of VAULTS) {
      await vault.grant({ [clientId]: rules }, `${name}.vault.azure.net`);
      await world.store(name, {
        provider: "azure-key-vault",
        options: {
          vault: name,
          caFile,
          auth: { clientSecret: { tenantId, clientId, variable: "CLIENT_SECRET" } },
        },
        optionsFrom: [
          {
            variable: "CLIENT_SECRET",
            secretKeyRef: { namespace: "sluice-system", name: "azure", key: "secret" },
          },
        ],
      });
    }
  }

  async function fillVault(): Promise<void> {
    made = await makeCertificates("rsa");
    world.toxic.add(made.key.trim());
    // An authority first and a key last: the order of a careless import.
    const value = made.authority + made.leaf + made.key;
    await call(vault, "POST", "/certificates/web/import", { value, policy: PEM });
    const locked = { ...PEM, key_props: { exportable: false } };
    await call(vault, "POST", "/certificates/locked/import", { value, policy: locked });
    const { publicKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { n, e } = key.export({ format: "jwk" });
    await call(vault, "PUT", "/keys/signing", { key: { kty: "RSA", n, e } });
    await write(vault, "pfx", (await made.pkcs12("")).toString("base64"));
    for (const [name, text] of Object.entries(TEXTS)) await write(vault, name, text);
  }

  /** Secrets of the vault. */
  const TEXTS = {
    plain: "VALUE-plain",
    basic: "us er:pass:word",
    docker: '{"auths":{"registry.example":{"auth":"VkFMVUU="}}}',
    cfg: '{"registry.example":{"auth":"VkFMVUU="}}',
    ssh: "VALUE-ssh",
    json: '{"user":"u","port":18446744073709551615}',
    yaml: "user: u\nport: 0017\n",
    padded: "  VkFMVUUtcGFkZGVk \n",
  };

  async function create(
    name: string,
    object: object,
    output?: object,
    { version = "v2beta1", ...metadata }: { version?: string; labels?: object; annotations?: object } = {},
  ): Promise<void> {
    const spec = { vault: { name: "sluice", object }, ...(output !== undefined && { output }) };
    await apply(world.admin, {
      apiVersion: `spv.no/${version}`,
      kind: "AzureKeyVaultSecret",
      metadata: { name, namespace, ...metadata },
      spec,
    });
  }

  const read = async (name: string): Promise<KubernetesObject> =>
    getObject(world.admin, { ...GROUP, namespace }, name, calm());
  const status = async (name: string): Promise<Record<string, string>> =>
    (field(await read(name), "status") ?? {}) as Record<string, string>;
  const remove = async (name: string): Promise<unknown> =>
    deleteObject(world.admin, { ...GROUP, namespace }, name, calm());
  const untilEvent = async (name: string, reason: string): Promise<void> =>
    waitUntil(
      `${name} has the event ${reason}`,
      async () => (await world.events(namespace, name)).includes(reason),
      { timeoutMs: 60_000 },
    );

  it("their own documents, unmodified", async () => {
    await createNamespace(world.admin, "akv-test");
    await write(await vault.at("akv2k8s-test.vault.azure.net"), "my-secret", "VALUE-mine");
    const server = await vault.at("my-kv.vault.azure.net");
    await call(server, "POST", "/certificates/test-cert/import", {
      value: made.leaf + made.key,
      policy: PEM,
    });
    for (const document of parseAllDocuments(await readFile(DOCUMENTS, "utf8")))
      await apply(world.admin, document.toJS() as Written);
    await world.untilData("akv-test", "my-secret-from-akv", { "secret-value": "VALUE-mine" });
    const made2 = { "tls.crt": made.leaf, "tls.key": made.key };
    await world.untilData("akv-test", "keyvault-certificate", made2);
    expect(await world.object("secrets", "akv-test", "keyvault-certificate")).toMatchObject({
      type: "kubernetes.io/tls",
    });
  });

  it.each<[string, object, object, Record<string, string>]>([
    ["opaque", { name: "plain", type: "secret" }, { dataKey: "k" }, { k: TEXTS.plain }],
    [
      "basic-auth",
      { name: "basic", type: "secret" },
      { type: "kubernetes.io/basic-auth" },
      { username: "us er", password: "pass:word" },
    ],
    [
      "dockerconfigjson",
      { name: "docker", type: "secret" },
      { type: "kubernetes.io/dockerconfigjson" },
      { ".dockerconfigjson": TEXTS.docker },
    ],
    [
      "dockercfg",
      { name: "cfg", type: "secret" },
      { type: "kubernetes.io/dockercfg" },
      { ".dockercfg": TEXTS.cfg },
    ],
    [
      "ssh-auth",
      { name: "ssh", type: "secret" },
      { type: "kubernetes.io/ssh-auth" },
      { "ssh-privatekey": TEXTS.ssh },
    ],
    [
      "json",
      { name: "json", type: "multi-key-value-secret", contentType: "application/x-json" },
      {},
      { user: "u", port: "18446744073709551615" },
    ],
    [
      "yaml",
      { name: "yaml", type: "multi-key-value-secret", contentType: "application/x-yaml" },
      {},
      { user: "u", port: "0017" },
    ],
  ])("a Secret of a secret: %s", async (name, object, output, expected) => {
    await create(name, object, { secret: { name: `s-${name}`, ...output } });
    await world.untilData(namespace, `s-${name}`, expected);
    const { type = "Opaque" } = output as { type?: string };
    expect(await world.object("secrets", namespace, `s-${name}`)).toMatchObject({ type });
  });

  it.each(["secret", "certificate"])("a TLS Secret of a %s, the leaf first", async (type) => {
    const name = `tls-${type}`;
    const secret = { name, type: "kubernetes.io/tls", chainOrder: "ensureserverfirst" };
    await create(name, { name: type === "secret" ? "pfx" : "web", type }, { secret });
    await waitUntil(`${name} is there`, async () => (await world.data(namespace, name)) !== undefined);
    const data = await world.data(namespace, name);
    expect(Object.keys(data ?? {}).toSorted()).toEqual(["tls.crt", "tls.key"]);
    expect(fingerprints(data?.["tls.crt"])).toEqual(fingerprints(made.leaf + made.authority));
    expect(data?.["tls.key"]?.trim()).toBe(made.key.trim());
  });

  it("what a certificate is, and a key", async () => {
    const certificate = { name: "web", type: "certificate" };
    await create("raw", certificate, { secret: { name: "raw", type: "Opaque", dataKey: "all" } });
    await create("half", certificate, {
      secret: { name: "half", dataKey: "crt" },
      configMap: { name: "half", dataKey: "crt" },
    });
    await create("key", { name: "signing", type: "key" }, { secret: { name: "key", dataKey: "pub" } });
    await waitUntil("all are there", async () =>
      (await Promise.all(["raw", "half", "key"].map(async (name) => world.data(namespace, name)))).every(
        Boolean,
      ),
    );
    const { all = "" } = (await world.data(namespace, "raw")) ?? {};
    for (const part of [made.authority, made.leaf, made.key]) expect(all.includes(part.trim())).toBe(true);
    expect(fingerprints((await world.data(namespace, "half"))?.["crt"])).toEqual(fingerprints(made.leaf));
    const { pub = "" } = (await world.data(namespace, "key")) ?? {};
    expect(createPublicKey(pub).asymmetricKeyType).toBe("rsa");
    await waitUntil("the ConfigMap is there", async () =>
      JSON.stringify(await world.object("configmaps", namespace, "half")).includes("BEGIN CERTIFICATE"),
    );
    expect(await status("half")).toMatchObject({ secretName: "half", configMapName: "half" });
  });

  it.each(["v1alpha1", "v1", "v2alpha1", "v2beta1"])("is read in version %s", async (version) => {
    const name = `of-${version}`;
    const object = { name: "padded", type: "secret" };
    const transform = version === "v1alpha1" ? {} : { transform: ["trim", "base64decode"] };
    await create(name, object, { secret: { name, dataKey: "k" }, ...transform }, { version });
    const expected = { k: version === "v1alpha1" ? TEXTS.padded : "VALUE-padded" };
    await world.untilData(namespace, name, expected);
    const { ownerReferences } = (await world.object("secrets", namespace, name))?.metadata ?? {};
    expect(ownerReferences).toMatchObject([{ apiVersion: "spv.no/v2beta1", name }]);
  });

  it("several share an output, each with its keys, and the last takes it away", async () => {
    await write(vault, "one", "VALUE-one");
    await write(vault, "two", "VALUE-two");
    for (const name of ["one", "two"])
      await create(name, { name, type: "secret" }, { secret: { name: "shared", dataKey: name } });
    await world.untilData(namespace, "shared", { one: "VALUE-one", two: "VALUE-two" });
    const { metadata } = (await world.object("secrets", namespace, "shared")) ?? {};
    expect(metadata?.ownerReferences?.map(({ name }) => name).toSorted()).toEqual(["one", "two"]);
    await remove("one");
    await world.untilData(namespace, "shared", { two: "VALUE-two" });
    expect((await world.object("secrets", namespace, "shared"))?.metadata.ownerReferences).toHaveLength(1);
    await remove("two");
    await waitUntil(
      "the output is gone",
      async () => (await world.object("secrets", namespace, "shared")) === undefined,
    );
  });

  it("follows its vault, repairs what is edited, and says so in its status without an echo", async () => {
    await write(vault, "turn", "VALUE-before");
    const annotations = { "example.org/a": "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
    const output = { secret: { name: "turn", dataKey: "k" } };
    await create("turn", { name: "turn", type: "secret" }, output, { labels: { team: "shop" }, annotations });
    await world.untilData(namespace, "turn", { k: "VALUE-before" });
    const { metadata } = (await world.object("secrets", namespace, "turn")) ?? {};
    expect(metadata?.labels).toMatchObject({ team: "shop" });
    expect(metadata?.annotations).toMatchObject({ "example.org/a": "b" });
    expect(metadata?.annotations).not.toHaveProperty(["kubectl.kubernetes.io/last-applied-configuration"]);
    await waitUntil("its status is written", async () => (await status("turn"))["secretHash"] !== undefined);
    const { secretHash, lastAzureUpdate = "" } = await status("turn");
    expect(Date.parse(lastAzureUpdate)).toBeGreaterThan(0);

    await world.edit(namespace, "turn", { stringData: { k: "edited" } });
    await world.untilData(namespace, "turn", { k: "VALUE-before" });
    await write(vault, "turn", "VALUE-after");
    await world.untilData(namespace, "turn", { k: "VALUE-after" });
    await untilEvent("turn", "OutputRepaired");
    await untilEvent("turn", "OutputUpdated");
    await waitUntil("its status follows", async () => (await status("turn"))["secretHash"] !== secretHash);

    // Others turn meanwhile, which is seen by the same looks at the vault.
    const { resourceVersion } = (await read("turn")).metadata;
    await write(vault, "plain", "VALUE-other");
    await world.untilData(namespace, "s-opaque", { k: "VALUE-other" });
    expect((await read("turn")).metadata.resourceVersion).toBe(resourceVersion);
  });

  it("takes over what akv2k8s' controller kept, and what was edited while nobody looked", async () => {
    await write(vault, "legacy", "VALUE-new");
    await started.stop();
    await create("legacy", { name: "legacy", type: "secret" }, { secret: { name: "legacy", dataKey: "k" } });
    const { uid } = (await read("legacy")).metadata;
    const owner = { apiVersion: "spv.no/v2beta1", kind: "AzureKeyVaultSecret", name: "legacy", uid };
    const metadata = { name: "legacy", ownerReferences: [{ ...owner, controller: true }] };
    await world.create(namespace, "legacy", { k: "VALUE-old" }, { metadata });
    await world.edit(namespace, "s-ssh-auth", { stringData: { "ssh-privatekey": "edited" } });
    started = world.start({
      sources: [
        keyVaultSecretSource({ read: readAzureKeyVaultSecret, storeOf: defaultStoreOf, intervalMs: 5_000 }),
      ],
    });
    await world.untilData(namespace, "legacy", { k: "VALUE-new" });
    await world.untilData(namespace, "s-ssh-auth", { "ssh-privatekey": TEXTS.ssh });
    expect(await world.events(namespace, "legacy")).toContain("OutputAdopted");
  });

  it("says by events what cannot be, and writes nothing then", async () => {
    const tls = { type: "kubernetes.io/tls" };
    await create("no-key", { name: "plain", type: "secret" }, { secret: { name: "no-key" } });
    await create(
      "no-export",
      { name: "locked", type: "certificate" },
      { secret: { name: "no-export", ...tls } },
    );
    await create(
      "no-object",
      { name: "absent", type: "secret" },
      { secret: { name: "no-object", dataKey: "k" } },
    );
    await world.create(namespace, "mine", { k: "of a person" });
    await create("foreign", { name: "plain", type: "secret" }, { secret: { name: "mine", dataKey: "k" } });
    await untilEvent("no-key", "InvalidSpec");
    await untilEvent("no-export", "NotFound");
    await untilEvent("no-object", "NotFound");
    await untilEvent("foreign", "Foreign");
    for (const name of ["no-key", "no-export", "no-object"])
      expect(await world.object("secrets", namespace, name)).toBeUndefined();
  });

  it("without an output is left to pods; what it wrote goes when the output does", async () => {
    await create("for-pods", { name: "ssh", type: "secret" });
    await create("once", { name: "ssh", type: "secret" }, { secret: { name: "once", dataKey: "k" } });
    await world.untilData(namespace, "once", { k: TEXTS.ssh });
    await create("once", { name: "ssh", type: "secret" });
    await waitUntil(
      "it is gone",
      async () => (await world.object("secrets", namespace, "once")) === undefined,
    );
    expect(await status("for-pods")).toEqual({});
    expect(await world.events(namespace, "for-pods")).toEqual([]);
  });

  it("nothing that was told holds a value", async () => {
    for (const text of Object.values(TEXTS)) if (text.startsWith("VALUE")) world.toxic.add(text);
    for (const name of ["before", "after", "mine", "one", "two", "new", "old"])
      world.toxic.add(`VALUE-${name}`);
    world.told.push(JSON.stringify(await status("turn")));
    expect(await world.leaks()).toEqual([]);
  });
});
