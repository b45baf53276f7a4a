import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { write } from "../../../packages/provider-azure/test/call.js";
import { startConnectProxy } from "../../servers/connect-proxy.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply } from "../broker/broker-access.js";
import { type EsoController, startEsoController } from "./eso-controller.js";
import type { EsoWorld } from "./eso-world.js";
import { awsStore, putParameter, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import type { SyncProcess } from "./sync-process.js";
import type { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync --eso, from AWS, Azure and Kubernetes", (cluster) => {
  let controller: EsoController;
  let world: SyncWorld;
  let eso: EsoWorld;
  let shop: string;
  let started: SyncProcess;
  let aws: SecretsManagerServer;
  let vault: KeyVault;
  let proxy: Awaited<ReturnType<typeof startConnectProxy>>;

  beforeAll(async () => {
    const [secretsManager, azure] = await Promise.all([startSecretsManager(), startKeyVault()]);
    if (azure.kind === "unavailable") throw new Error(azure.reason);
    [aws, vault] = [secretsManager, azure];
    proxy = await startConnectProxy(vault.detour.port);
    const environment = { HTTPS_PROXY: proxy.address, NODE_EXTRA_CA_CERTS: vault.caFile };
    controller = await startEsoController(cluster, { hasKinds: false, aws, environment });
    ({ world, eso, shop, started } = controller);
  }, 240_000);

  afterAll(async () => {
    await controller.close();
    await proxy[Symbol.asyncDispose]();
    await Promise.all([aws.stop(), vault.stop()]);
  }, 60_000);

  it("without the kinds all else is done, what is missing is said, and they are done once they come", async () => {
    const value = world.secret("early");
    await aws.put("early", value);
    const { store: ours } = aws;
    await world.create("sluice-system", "aws", { id: "AKIATESTTESTTESTTEST", key: "test-key-of-aws" });
    const ref = (key: string) => ({ namespace: "sluice-system", name: "aws", key });
    await world.store("early", {
      ...ours,
      optionsFrom: [
        { variable: "AWS_ACCESS_KEY_ID", secretKeyRef: ref("id") },
        { variable: "AWS_SECRET_ACCESS_KEY", secretKeyRef: ref("key") },
      ],
    });
    await world.sync(shop, "early", { data: [{ key: "k", from: "secret://early/early" }] });
    await world.untilData(shop, "early", { k: value });
    await waitUntil("it is ready", async () => (await started.notReady()) === "");
    for (const [kind, version] of [
      ["ExternalSecret", "external-secrets.io/v1"],
      ["AzureKeyVaultSecret", "spv.no/v2beta1"],
    ])
      await waitUntil(`that there is no ${kind} is told`, () =>
        world.told.some((text) => text.includes(`the cluster has no kind ${kind} of ${version}`)),
      );
    await waitUntil("that there are no stores is told", () =>
      world.told.some((text) => text.includes("ClusterSecretStores of external-secrets.io/v1")),
    );
    await eso.installKinds();
    await eso.apply(shop, awsStore("come", "SecretsManager"));
    // Without a credential, which it says: so it was seen.
    const { reason } = await eso.until("SecretStore", shop, "come", "False", "names the Secret");
    expect(reason).toBe("InvalidProviderConfig");
  });

  it("AWS: Secrets Manager and Parameter Store, by versions, tags and names", async () => {
    const [before, after] = [world.secret("aws"), world.secret("aws2")];
    await aws.put("prod/db", JSON.stringify({ user: "app", password: before }), { env: "prod" });
    await aws.put("prod/db", JSON.stringify({ user: "app", password: after }), { env: "prod" });
    await aws.put("test/db", "VALUE-of-nobody", { env: "test" });
    const parameter = world.secret("parameter");
    await putParameter(aws.address, "/shop/prod/key", parameter);
    await world.create(shop, "awssm-secret", {
      "access-key": "AKIATESTTESTTESTTEST",
      "secret-access-key": "test-key-of-aws",
    });
    await eso.apply(shop, awsStore("secrets-manager", "SecretsManager"));
    await eso.apply(shop, awsStore("parameter-store", "ParameterStore"));
    await eso.apply(
      shop,
      `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: aws }
spec:
  refreshInterval: 2s
  secretStoreRef: { name: secrets-manager }
  dataFrom:
  - find: { tags: { env: prod } }
  data:
  - { secretKey: password, remoteRef: { key: prod/db, property: password } }
  - { secretKey: previous, remoteRef: { key: prod/db, property: password, version: AWSPREVIOUS } }
  - secretKey: parameter
    sourceRef: { storeRef: { name: parameter-store, kind: SecretStore } }
    remoteRef: { key: /shop/prod/key, version: "1" }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: parameters }
spec:
  refreshInterval: 2s
  secretStoreRef: { name: parameter-store }
  dataFrom:
  - find: { path: /shop, name: { regexp: prod } }
    rewrite:
    - regexp: { source: "^/shop/", target: "" }
`,
    );
    await eso.untilData(shop, "aws", {
      prod_db: JSON.stringify({ user: "app", password: after }),
      password: after,
      previous: before,
      parameter,
    });
    await eso.untilData(shop, "parameters", { prod_key: parameter });
    expect(await eso.until("SecretStore", shop, "parameter-store", "True")).toMatchObject({
      reason: "Valid",
    });
  });

  it("Azure Key Vault: by a service principal", async () => {
    const [clientId, clientSecret] = [randomUUID(), randomUUID()];
    world.toxic.add(clientSecret);
    await vault.register({ clientId, secret: clientSecret });
    await vault.grant({ [clientId]: [{ kind: "secrets", permissions: ["get", "list"] }] });
    const [before, after] = [world.secret("azure"), world.secret("azure2")];
    await write(vault, "database", before);
    await world.create(shop, "azure-secret-sp", { ClientID: clientId, ClientSecret: clientSecret });
    await eso.apply(
      shop,
      `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: azure-store }
spec:
  provider:
    azurekv:
      tenantId: "${vault.tenant}"
      vaultUrl: "https://sluice.vault.azure.net"
      authSecretRef:
        clientId: { name: azure-secret-sp, key: ClientID }
        clientSecret: { name: azure-secret-sp, key: ClientSecret }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: azure-example }
spec:
  refreshInterval: 2s
  secretStoreRef: { kind: SecretStore, name: azure-store }
  data:
  - { secretKey: plain, remoteRef: { key: database } }
  - { secretKey: prefixed, remoteRef: { key: secret/database } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: azure-certificate }
spec:
  secretStoreRef: { kind: SecretStore, name: azure-store }
  data:
  - { secretKey: crt, remoteRef: { key: cert/web } }
`,
    );
    await eso.untilData(shop, "azure-example", { plain: before, prefixed: before });
    await write(vault, "database", after);
    await eso.untilData(shop, "azure-example", { plain: after, prefixed: after });
    await eso.until("ExternalSecret", shop, "azure-certificate", "False", "read them by a SecretSync");
    expect(await world.object("secrets", shop, "azure-certificate")).toBeUndefined();
  });

  it("Kubernetes: by a service account, and only for namespaces that the store's conditions name", async () => {
    const [source, other] = [await world.newNamespace(), await world.newNamespace()];
    const value = world.secret("kubernetes");
    await world.create(source, "db", { password: value, user: "app" });
    const metadata = { name: "reader", namespace: source };
    await apply(world.admin, { apiVersion: "v1", kind: "ServiceAccount", metadata });
    const rights = "rbac.authorization.k8s.io";
    const grant = async (name: string, rule: object, subject: object): Promise<void> => {
      const at = { name, namespace: source };
      const apiVersion = `${rights}/v1`;
      await apply(world.admin, {
        apiVersion,
        kind: "Role",
        metadata: at,
        rules: [{ apiGroups: [""], ...rule }],
      });
      const roleRef = { apiGroup: rights, kind: "Role", name };
      const subjects = [{ kind: "ServiceAccount", ...subject }];
      await apply(world.admin, { apiVersion, kind: "RoleBinding", metadata: at, roleRef, subjects });
    };
    await grant("read", { resources: ["secrets"], verbs: ["get", "list", "watch"] }, metadata);
    await eso.apply(
      shop,
      `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: k8s-store }
spec:
  conditions:
  - namespaceSelector: { matchLabels: { tier: shop } }
  provider:
    kubernetes:
      remoteNamespace: ${source}
      server:
        caProvider: { type: ConfigMap, name: kube-root-ca.crt, key: ca.crt, namespace: ${source} }
      auth:
        serviceAccount: { name: reader, namespace: ${source} }
`,
    );
    const externalSecret = (name: string): string => `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name} }
spec:
  refreshInterval: 2s
  secretStoreRef: { kind: ClusterSecretStore, name: k8s-store }
  dataFrom:
  - extract: { key: db }
`;
    await eso.apply(other, externalSecret("k8s"));
    await eso.until("ExternalSecret", other, "k8s", "False", `do not let namespace ${other}`);
    expect(await world.object("secrets", other, "k8s")).toBeUndefined();
    const labelled = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: other, labels: { tier: "shop" } },
    };
    await apply(world.admin, labelled);
    // Nobody has let the controller ask for tokens of the account yet.
    await eso.until("ExternalSecret", other, "k8s", "False", "no token");
    await grant(
      "tokens",
      { resources: ["serviceaccounts/token"], verbs: ["create"] },
      { name: "sluice-sync", namespace: "sluice-system" },
    );
    await eso.untilData(other, "k8s", { password: value, user: "app" });
  });

  it("no value was told anybody", async () => {
    const names = ["aws", "parameters", "azure-example", "azure-certificate"];
    await eso.note(shop, names);
    for (const name of ["aws", "azure-example"]) await world.events(shop, name);
    expect(await world.leaks()).toEqual([]);
  });
});
