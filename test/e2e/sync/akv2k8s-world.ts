import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { keyVaultSecretSource, secretSyncSource, type SyncSource } from "@sluice/crd-sync";
import { defaultStoreOf, readAzureKeyVaultSecret } from "@sluice/dialects";
import {
  deleteObject,
  field,
  getObject,
  type KubernetesObject,
  type ObjectToWrite,
} from "@sluice/kubernetes";
import { vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { call, write } from "../../../packages/provider-azure/test/call.js";
import {
  type MadeCertificates,
  makeCertificates,
} from "../../../packages/provider-azure/test/make-certificates.js";
import { startConnectProxy } from "../../servers/connect-proxy.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, calm } from "../broker/broker-access.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

const DEPLOY = new URL("../../../deploy/kustomize/", import.meta.url);
const GROUP = { group: "spv.no", version: "v2beta1", plural: "azurekeyvaultsecrets" };
const VAULTS = ["sluice", "akv2k8s-test", "my-kv"];

export const PEM = { secret_props: { contentType: "application/x-pem-file" } };

/** Secrets of the vault. */
export const TEXTS = {
  plain: "VALUE-plain",
  basic: "us er:pass:word",
  docker: '{"auths":{"registry.example":{"auth":"VkFMVUU="}}}',
  cfg: '{"registry.example":{"auth":"VkFMVUU="}}',
  ssh: "VALUE-ssh",
  json: '{"user":"u","port":18446744073709551615}',
  yaml: "user: u\nport: 0017\n",
  padded: "  VkFMVUUtcGFkZGVk \n",
};

export type Written = ObjectToWrite & {
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** Reads `AzureKeyVaultSecret`s, and looks every five seconds. */
export const akvSource = (): SyncSource =>
  keyVaultSecretSource({ read: readAzureKeyVaultSecret, storeOf: defaultStoreOf, intervalMs: 5_000 });

/** A cluster with the kind, a vault with secrets, certificates and keys, and a controller between them. */
export class KeyVaultWorld {
  started: StartedSync;

  private constructor(
    readonly world: SyncWorld,
    readonly vault: KeyVault,
    readonly made: MadeCertificates,
    readonly namespace: string,
    private readonly proxy: Awaited<ReturnType<typeof startConnectProxy>>,
  ) {
    this.started = world.start({ sources: [secretSyncSource(), akvSource()] });
  }

  static async open(cluster: RunningKubernetes): Promise<KeyVaultWorld> {
    const world = await SyncWorld.open(cluster);
    const vault = await startKeyVault();
    if (vault.kind === "unavailable") throw new Error(vault.reason);
    const proxy = await startConnectProxy(vault.detour.port);
    // The vendor's library finds it here only.
    vi.stubEnv("HTTPS_PROXY", proxy.address);
    await install(world, vault);
    const made = await makeCertificates("rsa");
    world.toxic.add(made.key.trim());
    for (const text of Object.values(TEXTS)) if (text.startsWith("VALUE")) world.toxic.add(text);
    await fillVault(vault, made);
    return new KeyVaultWorld(world, vault, made, await world.newNamespace(), proxy);
  }

  async close(): Promise<void> {
    await this.started.stop();
    vi.unstubAllEnvs();
    await this.proxy[Symbol.asyncDispose]();
    await this.vault.stop();
    await this.world.close();
  }

  async create(
    name: string,
    object: object,
    output?: object,
    { version = "v2beta1", ...metadata }: { version?: string; labels?: object; annotations?: object } = {},
  ): Promise<void> {
    const { namespace } = this;
    const spec = { vault: { name: "sluice", object }, ...(output !== undefined && { output }) };
    await apply(this.world.admin, {
      apiVersion: `spv.no/${version}`,
      kind: "AzureKeyVaultSecret",
      metadata: { name, namespace, ...metadata },
      spec,
    });
  }

  async read(name: string): Promise<KubernetesObject> {
    return getObject(this.world.admin, { ...GROUP, namespace: this.namespace }, name, calm());
  }

  async status(name: string): Promise<Record<string, string>> {
    return (field(await this.read(name), "status") ?? {}) as Record<string, string>;
  }

  async remove(name: string): Promise<unknown> {
    return deleteObject(this.world.admin, { ...GROUP, namespace: this.namespace }, name, calm());
  }

  async untilEvent(name: string, reason: string): Promise<void> {
    await this.world.untilEvent(this.namespace, name, reason);
  }

  async untilGone(name: string): Promise<void> {
    await waitUntil(
      `${name} is gone`,
      async () => (await this.world.object("secrets", this.namespace, name)) === undefined,
    );
  }
}

/** The kind, the rights, and a store of each vault's name. */
async function install(world: SyncWorld, vault: KeyVault): Promise<void> {
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

async function fillVault(vault: KeyVault, made: MadeCertificates): Promise<void> {
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
