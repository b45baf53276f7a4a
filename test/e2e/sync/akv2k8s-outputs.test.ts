import { createPublicKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { call, write } from "../../../packages/provider-azure/test/call.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, createNamespace } from "../broker/broker-access.js";
import { KeyVaultWorld, PEM, TEXTS, type Written } from "./akv2k8s-world.js";
import type { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 120_000 });

const DOCUMENTS = new URL("../../fixtures/peers/akv2k8s-sync.yaml", import.meta.url);

const fingerprints = (pem = ""): string[] =>
  pem
    .split(/(?<=END CERTIFICATE-----\n)/)
    .filter((block) => block.trim() !== "")
    .map((block) => new X509Certificate(block).fingerprint256);

await describeOnKubernetes("sluice sync --akv2k8s, what it writes", (cluster) => {
  let akv: KeyVaultWorld;
  let world: SyncWorld;
  let namespace: string;

  beforeAll(async () => {
    akv = await KeyVaultWorld.open(cluster);
    ({ world, namespace } = akv);
  }, 240_000);

  afterAll(async () => akv.close(), 60_000);

  it("their own documents, unmodified", async () => {
    await createNamespace(world.admin, "akv-test");
    await write(await akv.vault.at("akv2k8s-test.vault.azure.net"), "my-secret", "VALUE-mine");
    const server = await akv.vault.at("my-kv.vault.azure.net");
    await call(server, "POST", "/certificates/test-cert/import", {
      value: akv.made.leaf + akv.made.key,
      policy: PEM,
    });
    for (const document of parseAllDocuments(await readFile(DOCUMENTS, "utf8")))
      await apply(world.admin, document.toJS() as Written);
    await world.untilData("akv-test", "my-secret-from-akv", { "secret-value": "VALUE-mine" });
    const made2 = { "tls.crt": akv.made.leaf, "tls.key": akv.made.key };
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
    await akv.create(name, object, { secret: { name: `s-${name}`, ...output } });
    await world.untilData(namespace, `s-${name}`, expected);
    const { type = "Opaque" } = output as { type?: string };
    expect(await world.object("secrets", namespace, `s-${name}`)).toMatchObject({ type });
  });

  it.each(["secret", "certificate"])("a TLS Secret of a %s, the leaf first", async (type) => {
    const name = `tls-${type}`;
    const secret = { name, type: "kubernetes.io/tls", chainOrder: "ensureserverfirst" };
    await akv.create(name, { name: type === "secret" ? "pfx" : "web", type }, { secret });
    await waitUntil(`${name} is there`, async () => (await world.data(namespace, name)) !== undefined);
    const data = await world.data(namespace, name);
    expect(Object.keys(data ?? {}).toSorted()).toEqual(["tls.crt", "tls.key"]);
    expect(fingerprints(data?.["tls.crt"])).toEqual(fingerprints(akv.made.leaf + akv.made.authority));
    expect(data?.["tls.key"]?.trim()).toBe(akv.made.key.trim());
  });

  it("what a certificate is, and a key", async () => {
    const certificate = { name: "web", type: "certificate" };
    await akv.create("raw", certificate, { secret: { name: "raw", type: "Opaque", dataKey: "all" } });
    await akv.create("half", certificate, {
      secret: { name: "half", dataKey: "crt" },
      configMap: { name: "half", dataKey: "crt" },
    });
    await akv.create("key", { name: "signing", type: "key" }, { secret: { name: "key", dataKey: "pub" } });
    await waitUntil("all are there", async () =>
      (await Promise.all(["raw", "half", "key"].map(async (name) => world.data(namespace, name)))).every(
        Boolean,
      ),
    );
    const { all = "" } = (await world.data(namespace, "raw")) ?? {};
    for (const part of [akv.made.authority, akv.made.leaf, akv.made.key])
      expect(all.includes(part.trim())).toBe(true);
    expect(fingerprints((await world.data(namespace, "half"))?.["crt"])).toEqual(fingerprints(akv.made.leaf));
    const { pub = "" } = (await world.data(namespace, "key")) ?? {};
    expect(createPublicKey(pub).asymmetricKeyType).toBe("rsa");
    await waitUntil("the ConfigMap is there", async () =>
      JSON.stringify(await world.object("configmaps", namespace, "half")).includes("BEGIN CERTIFICATE"),
    );
    expect(await akv.status("half")).toMatchObject({ secretName: "half", configMapName: "half" });
  });

  it.each(["v1alpha1", "v1", "v2alpha1", "v2beta1"])("is read in version %s", async (version) => {
    const name = `of-${version}`;
    const object = { name: "padded", type: "secret" };
    const transform = version === "v1alpha1" ? {} : { transform: ["trim", "base64decode"] };
    await akv.create(name, object, { secret: { name, dataKey: "k" }, ...transform }, { version });
    const expected = { k: version === "v1alpha1" ? TEXTS.padded : "VALUE-padded" };
    await world.untilData(namespace, name, expected);
    const { ownerReferences } = (await world.object("secrets", namespace, name))?.metadata ?? {};
    expect(ownerReferences).toMatchObject([{ apiVersion: "spv.no/v2beta1", name }]);
  });

  it("nothing that was told holds a value", async () => {
    world.toxic.add("VALUE-mine");
    expect(world.told.length).toBeGreaterThan(0);
    expect(await world.leaks()).toEqual([]);
  });
});
