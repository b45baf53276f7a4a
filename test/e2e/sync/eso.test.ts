import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { field, type KubernetesObject } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { write } from "../../../packages/provider-azure/test/call.js";
import { startConnectProxy } from "../../servers/connect-proxy.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { apply } from "../broker/broker-access.js";
import { EsoWorld } from "./eso-world.js";
import { putParameter, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { startSyncProcess, type SyncProcess } from "./sync-process.js";
import { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

const API = "https://kubernetes.default.svc";

await describeOnKubernetes("sluice sync --eso", (cluster) => {
  let world: SyncWorld;
  let eso: EsoWorld;
  let aws: SecretsManagerServer;
  let bao: RunningVault;
  let vault: KeyVault;
  let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
  let started: SyncProcess;
  let shop: string;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    const [openBao, azure] = await Promise.all([startVault(), startKeyVault()]);
    if (openBao.kind === "unavailable") throw new Error(openBao.reason);
    if (azure.kind === "unavailable") throw new Error(azure.reason);
    [bao, vault] = [openBao, azure];
    proxy = await startConnectProxy(vault.detour.port);
    eso = new EsoWorld(world);
    for (const component of ["sync-eso", "sync-akv2k8s"]) await eso.grantRights(component);
    world.toxic.add(bao.token);
    shop = await world.newNamespace();
    started = await start();
  }, 240_000);

  afterAll(async () => {
    await started.kill();
    await proxy[Symbol.asyncDispose]();
    await Promise.all([aws.stop(), bao.stop(), vault.stop()]);
    await world.close();
  }, 60_000);

  /** The controller, as their operator is told where AWS is, and to allow tenants what is on this machine. */
  const start = async (): Promise<SyncProcess> =>
    startSyncProcess(
      world,
      [
        "--eso",
        "--akv2k8s",
        "--allow-addresses",
        bao.address,
        aws.address,
        "--token-audiences-in-namespaces",
        API,
      ],
      {
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_SECRETSMANAGER_ENDPOINT: aws.address,
        AWS_SSM_ENDPOINT: aws.address,
        HTTPS_PROXY: proxy.address,
        NODE_EXTRA_CA_CERTS: vault.caFile,
        // Where this cluster is, with an account that may do nothing: in a pod that is its own.
        KUBECONFIG: world.nobody,
      },
    );

  const putBao = async (path: string, data: object): Promise<void> => {
    const response = await fetch(`${bao.address}/v1/secret/data/${path}`, {
      method: "POST",
      headers: { "X-Vault-Token": bao.token },
      body: JSON.stringify({ data }),
    });
    expect(response.status).toBe(200);
  };
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${bao.address}/v1/${path}`, {
      method: "POST",
      headers: { "X-Vault-Token": bao.token },
      body: JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(300);
    return response.status === 204 ? undefined : response.json();
  };
  const secret = async (namespace: string, name: string): Promise<KubernetesObject | undefined> =>
    world.object("secrets", namespace, name);

  /** A store in AWS with keys of a Secret. */
  const store = (name: string, service: string): string => `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: ${name} }
spec:
  provider:
    aws:
      service: ${service}
      region: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: { name: awssm-secret, key: access-key }
          secretAccessKeySecretRef: { name: awssm-secret, key: secret-access-key }
`;

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
    await eso.apply(shop, store("come", "SecretsManager"));
    // Without a credential, which it says: so it was seen.
    const { reason } = await eso.until("SecretStore", shop, "come", "False", "names the Secret");
    expect(reason).toBe("InvalidProviderConfig");
  });

  it("Vault: entries, extract, find, rewrite and template, by a store of the namespace", async () => {
    const [user, password] = ["app", world.secret("password")];
    await putBao("shop/db", { user, password, nested: JSON.stringify({ deep: "down" }) });
    await putBao("shop/api-key", { value: Buffer.from("decoded").toString("base64") });
    await putBao("other/db", { user: "other" });
    await world.create(shop, "vault-token", { token: bao.token });
    await eso.apply(
      shop,
      `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault-backend
spec:
  provider:
    vault:
      server: "${bao.address}"
      path: "secret"
      version: "v2"
      auth:
        tokenSecretRef:
          name: "vault-token"
          key: "token"
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: vault-example
  labels: { team: shop }
spec:
  refreshInterval: "2s"
  secretStoreRef:
    name: vault-backend
    kind: SecretStore
  target:
    name: example-sync
  data:
  - secretKey: foobar
    remoteRef:
      key: shop/db
      property: password
  - secretKey: same
    remoteRef:
      key: secret/data/shop/db
      property: user
  - secretKey: deep
    remoteRef:
      key: shop/db
      property: nested.deep
  - secretKey: decoded
    remoteRef:
      key: shop/api-key
      property: value
      decodingStrategy: Base64
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: everything
spec:
  refreshInterval: 2s
  secretStoreRef:
    name: vault-backend
  dataFrom:
  - extract:
      key: shop/api-key
  - extract:
      key: shop/db
    rewrite:
    - regexp:
        source: "^(user|password)$"
        target: "db-$1"
  - find:
      path: other
      name:
        regexp: "^other/d"
  data:
  - secretKey: value
    remoteRef:
      key: shop/db
      property: user
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: template
spec:
  refreshInterval: 2s
  secretStoreRef:
    name: vault-backend
  target:
    template:
      type: kubernetes.io/basic-auth
      engineVersion: v2
      metadata:
        labels: { of: template }
        annotations: { example.org/a: b }
      data:
        username: "{{ .user | upper }}"
        password: "{{ .password | toString }}"
        url: 'postgres://{{ .user }}:{{ .password | b64enc }}@db/{{ index . "user" }}'
  dataFrom:
  - extract:
      key: shop/db
`,
    );
    const expected = { foobar: password, same: user, deep: "down", decoded: "decoded" };
    await eso.untilData(shop, "example-sync", expected);
    const encoded = Buffer.from("decoded").toString("base64");
    await eso.untilData(shop, "everything", {
      value: user,
      "db-user": user,
      "db-password": password,
      nested: '{"deep":"down"}',
      other_db: '{"user":"other"}',
    });
    const url = (of: string): string => `postgres://app:${Buffer.from(of).toString("base64")}@db/app`;
    await eso.untilData(shop, "template", { username: "APP", password, url: url(password) });
    expect(encoded).not.toBe(user);
    expect(await secret(shop, "template")).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: { labels: { of: "template" }, annotations: { "example.org/a": "b" } },
    });
    const { metadata } = (await secret(shop, "example-sync")) ?? {};
    expect(metadata?.labels).toMatchObject({ team: "shop" });
    expect(metadata?.ownerReferences).toMatchObject([
      { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", name: "vault-example" },
    ]);
    expect(await eso.until("ExternalSecret", shop, "vault-example", "True")).toMatchObject({
      reason: "SecretSynced",
    });
    expect(await eso.get("ExternalSecret", shop, "vault-example")).toMatchObject({
      status: {
        binding: { name: "example-sync" },
        refreshTime: expect.stringMatching(/^20/),
        syncedResourceVersion: expect.any(String),
      },
    });
    await eso.until("SecretStore", shop, "vault-backend", "True");

    const rotated = world.secret("rotated");
    await putBao("shop/db", { user, password: rotated, nested: "{}" });
    await eso.untilData(shop, "template", { username: "APP", password: rotated, url: url(rotated) });
    // What the first asks for inside of a field is gone, and it holds what it had.
    const { reason } = await eso.until("ExternalSecret", shop, "vault-example", "False", "nested.deep");
    expect(reason).toBe("SecretSyncedError");
    expect(await world.data(shop, "example-sync")).toEqual(expected);
    await putBao("shop/db", { user, password: rotated, nested: '{"deep":"down"}' });
    await eso.untilData(shop, "example-sync", { ...expected, foobar: rotated });
    await eso.until("ExternalSecret", shop, "vault-example", "True");
    await world.edit(shop, "example-sync", { stringData: { foobar: "edited" } });
    await eso.untilData(shop, "example-sync", { ...expected, foobar: rotated });
  });

  it("Vault: by AppRole and by user, as a store of the cluster", async () => {
    await post("sys/auth/approle", { type: "approle" });
    await post("sys/auth/userpass", { type: "userpass" });
    await post("sys/policies/acl/reader", { policy: 'path "secret/*" { capabilities = ["read", "list"] }' });
    await post("auth/approle/role/eso", { token_policies: ["reader"] });
    const read = await fetch(`${bao.address}/v1/auth/approle/role/eso/role-id`, {
      headers: { "X-Vault-Token": bao.token },
    });
    const { data: role } = (await read.json()) as { data: { role_id: string } };
    const { data } = (await post("auth/approle/role/eso/secret-id", {})) as { data: { secret_id: string } };
    const password = world.secret("user-password");
    await post("auth/userpass/users/eso", { password, token_policies: ["reader"] });
    world.toxic.add(data.secret_id);
    await world.create("sluice-system", "logins", {
      "role-id": role.role_id,
      "secret-id": data.secret_id,
      password,
    });
    const value = world.secret("approle");
    await putBao("cluster/db", { password: value });
    const auths = {
      approle: `appRole: { path: approle, roleRef: { name: logins, key: role-id, namespace: sluice-system }, secretRef: { name: logins, key: secret-id, namespace: sluice-system } }`,
      userpass: `userPass: { path: userpass, username: eso, secretRef: { name: logins, key: password, namespace: sluice-system } }`,
    };
    for (const [name, auth] of Object.entries(auths)) {
      await eso.apply(
        shop,
        `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault.${name} }
spec:
  provider:
    vault:
      server: "${bao.address}"
      path: secret
      auth:
        ${auth}
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: by-${name} }
spec:
  secretStoreRef: { name: vault.${name}, kind: ClusterSecretStore }
  data:
  - { secretKey: password, remoteRef: { key: cluster/db, property: password } }
`,
      );
      await eso.untilData(shop, `by-${name}`, { password: value });
      const { apiVersion } = (await secret(shop, `by-${name}`))?.metadata.ownerReferences?.[0] ?? {};
      expect(apiVersion).toBe("external-secrets.io/v1");
    }
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
    await eso.apply(shop, store("secrets-manager", "SecretsManager"));
    await eso.apply(shop, store("parameter-store", "ParameterStore"));
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
    expect(await secret(shop, "azure-certificate")).toBeUndefined();
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
    expect(await secret(other, "k8s")).toBeUndefined();
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

  it("what is not covered is told, and what is there stays untouched", async () => {
    await world.create(shop, "kept", { k: "of before" });
    const { metadata: before } = (await secret(shop, "kept")) ?? {};
    const refused: Record<string, [spec: string, message: string]> = {
      generator: [
        `dataFrom: [{ sourceRef: { generatorRef: { apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: p } } }]`,
        "spec.dataFrom[0].sourceRef.generatorRef names a generator",
      ],
      "template-from": [
        `target: { name: kept, template: { templateFrom: [{ configMap: { name: t, items: [{ key: k }] } }] } }\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        "spec.target.template.templateFrom is not covered",
      ],
      transform: [
        `target: { name: kept }\n  dataFrom: [{ extract: { key: shop/db }, rewrite: [{ transform: { template: "{{ .value }}" } }] }]`,
        "spec.dataFrom[0].rewrite.transform is not covered",
      ],
      query: [
        `target: { name: kept }\n  data: [{ secretKey: k, remoteRef: { key: shop/db, property: "a.#(b==1).c" } }]`,
        "spec.data[0].remoteRef.property is a query",
      ],
      policies: [
        `target: { name: kept, creationPolicy: Merge, deletionPolicy: Delete }\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        "which would delete what others made",
      ],
      unknown: [
        `target: { name: kept }\n  surprise: true\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        "spec.surprise: is not known",
      ],
      function: [
        `target: { name: kept, template: { data: { k: "{{ genPassword }}" } } }\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        'function "genPassword" is not defined',
      ],
      foreign: [
        `target: { name: kept }\n  data: [{ secretKey: k, remoteRef: { key: shop/db, property: user } }]`,
        "give it the label reconcile.external-secrets.io/managed",
      ],
      provider: [
        `secretStoreRef: { name: gcp }\n  target: { name: kept }\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        "spec.provider.gcpsm is not covered",
      ],
      nowhere: [
        `secretStoreRef: { name: none-such }\n  target: { name: kept }\n  data: [{ secretKey: k, remoteRef: { key: shop/db } }]`,
        'no store "none-such"',
      ],
    };
    await eso.apply(
      shop,
      `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: gcp }
spec:
  provider:
    gcpsm: { projectID: p }
`,
    );
    for (const [name, [spec]] of Object.entries(refused))
      await eso.apply(
        shop,
        `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: refused-${name} }
spec:
  ${spec.includes("secretStoreRef") ? "" : "secretStoreRef: { name: vault-backend }\n  "}${spec}
`,
      );
    for (const [name, [, message]] of Object.entries(refused)) {
      const { reason } = await eso.until("ExternalSecret", shop, `refused-${name}`, "False", message);
      expect(reason).toBe("SecretSyncedError");
    }
    expect(await eso.until("SecretStore", shop, "gcp", "False", "gcpsm")).toMatchObject({
      reason: "InvalidProviderConfig",
    });
    expect((await secret(shop, "kept"))?.metadata.resourceVersion).toBe(before?.resourceVersion);
    expect(await secret(shop, "refused-generator")).toBeUndefined();
  });

  it("a namespace's own store leads nowhere but where the operator says, and takes no credentials of others", async () => {
    const tenant = await world.newNamespace();
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, "127.0.0.2");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    await world.create(tenant, "token", { token: "no-token-at-all", empty: "" });
    const server = `http://127.0.0.2:${port}`;
    const hostile: Record<string, [provider: string, message: string]> = {
      address: [
        `vault: { server: "${server}", auth: { tokenSecretRef: { name: token, key: token } } }`,
        "names an address",
      ],
      elsewhere: [
        `vault: { server: "${bao.address}", auth: { tokenSecretRef: { name: logins, key: password, namespace: sluice-system } } }`,
        "names another namespace than the SecretStore's",
      ],
      controller: [
        `aws: { service: SecretsManager, region: eu-central-1 }`,
        "may not use the controller's credentials",
      ],
      empty: [
        `aws: { service: SecretsManager, region: eu-central-1, auth: { secretRef: { accessKeyIDSecretRef: { name: token, key: empty }, secretAccessKeySecretRef: { name: token, key: token } } } }`,
        "which is empty",
      ],
      file: [
        `vault: { server: "${bao.address}", caProvider: { type: Secret, name: token, key: token }, auth: { tokenSecretRef: { name: token, key: token } } }`,
        "no certificate in PEM",
      ],
      audience: [
        `vault: { server: "${bao.address}", auth: { kubernetes: { role: r, serviceAccountRef: { name: default, audiences: [elsewhere] } } } }`,
        "may not have tokens created for the audience elsewhere",
      ],
      cluster: [
        `kubernetes: { server: { url: "https://10.0.0.1" }, auth: { serviceAccount: { name: default } } }`,
        "names another cluster",
      ],
    };
    for (const [name, [provider]] of Object.entries(hostile))
      await eso.apply(
        tenant,
        `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: ${name} }
spec:
  provider:
    ${provider}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name} }
spec:
  secretStoreRef: { name: ${name} }
  data: [{ secretKey: k, remoteRef: { key: a } }]
`,
      );
    for (const [name, [, message]] of Object.entries(hostile)) {
      await eso.until("ExternalSecret", tenant, name, "False", message);
      // A token's audience is looked at when one is to be asked for.
      if (name !== "audience") await eso.until("SecretStore", tenant, name, "False", message);
    }
    expect(connections).toBe(0);
    listener.close();
  });

  it("of v1beta1, where a cluster serves nothing newer", async () => {
    const value = world.secret("older");
    await putBao("older", { password: value });
    const older = await startSyncProcess(
      world,
      ["--eso", "--eso-version", "v1beta1", "--shard", "older", "--allow-addresses", bao.address],
      {},
    );
    try {
      await eso.apply(
        shop,
        `
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: older, labels: { sluice.dev/shard: older } }
spec:
  secretStoreRef: { name: vault-backend }
  data: [{ secretKey: password, remoteRef: { key: older, property: password } }]
`,
      );
      await eso.untilData(shop, "older", { password: value });
      await eso.until("ExternalSecret", shop, "older", "True");
      const { ownerReferences } = (await secret(shop, "older"))?.metadata ?? {};
      expect(ownerReferences).toMatchObject([{ apiVersion: "external-secrets.io/v1beta1", name: "older" }]);
    } finally {
      await older.kill();
    }
  });

  it("no value was told anybody", async () => {
    const kinds = await Promise.all(
      ["vault-example", "everything", "template", "aws", "azure-example"].map(async (name) =>
        eso.get("ExternalSecret", shop, name),
      ),
    );
    world.told.push(...kinds.map((object) => JSON.stringify(field(object, "status"))));
    for (const name of ["vault-example", "refused-generator"]) await world.events(shop, name);
    expect(await world.leaks()).toEqual([]);
  });
});
