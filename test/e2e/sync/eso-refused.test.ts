import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { type EsoController, startEsoController } from "./eso-controller.js";
import type { EsoWorld } from "./eso-world.js";
import { type OpenBaoServer, startOpenBao, vaultBackend } from "./open-bao.js";
import type { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync --eso, what it refuses", (cluster) => {
  let controller: EsoController;
  let world: SyncWorld;
  let eso: EsoWorld;
  let shop: string;
  let bao: OpenBaoServer;

  beforeAll(async () => {
    bao = await startOpenBao();
    controller = await startEsoController(cluster, { bao });
    ({ world, eso, shop } = controller);
    await bao.put("shop/db", { user: "app", password: world.secret("password") });
    await world.create(shop, "vault-token", { token: bao.token });
    await eso.apply(shop, vaultBackend(bao.address));
    await eso.until("SecretStore", shop, "vault-backend", "True");
  }, 240_000);

  afterAll(async () => {
    await controller.close();
    await bao.stop();
  }, 60_000);

  it("what is not covered is told, and what is there stays untouched", async () => {
    await world.create(shop, "kept", { k: "of before" });
    const { metadata: before } = (await world.object("secrets", shop, "kept")) ?? {};
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
    expect((await world.object("secrets", shop, "kept"))?.metadata.resourceVersion).toBe(
      before?.resourceVersion,
    );
    expect(await world.object("secrets", shop, "refused-generator")).toBeUndefined();
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
    await world.create("sluice-system", "logins", { password: world.secret("login") });
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

  it("no value was told anybody", async () => {
    await eso.note(shop, ["refused-generator", "refused-foreign", "refused-provider"]);
    for (const name of ["refused-generator", "refused-foreign"]) await world.events(shop, name);
    expect(await world.leaks()).toEqual([]);
  });
});
