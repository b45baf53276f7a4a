import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { type EsoController, startEsoController } from "./eso-controller.js";
import type { EsoWorld } from "./eso-world.js";
import { type OpenBaoServer, startOpenBao, vaultBackend } from "./open-bao.js";
import { startSyncProcess } from "./sync-process.js";
import type { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync --eso, from Vault", (cluster) => {
  let controller: EsoController;
  let world: SyncWorld;
  let eso: EsoWorld;
  let shop: string;
  let bao: OpenBaoServer;

  beforeAll(async () => {
    bao = await startOpenBao();
    controller = await startEsoController(cluster, { bao });
    ({ world, eso, shop } = controller);
  }, 240_000);

  afterAll(async () => {
    await controller.close();
    await bao.stop();
  }, 60_000);

  it("entries, extract, find, rewrite and template, by a store of the namespace", async () => {
    const [user, password] = ["app", world.secret("password")];
    await bao.put("shop/db", { user, password, nested: JSON.stringify({ deep: "down" }) });
    await bao.put("shop/api-key", { value: Buffer.from("decoded").toString("base64") });
    await bao.put("other/db", { user: "other" });
    await world.create(shop, "vault-token", { token: bao.token });
    await eso.apply(
      shop,
      `${vaultBackend(bao.address)}---
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
    expect(await world.object("secrets", shop, "template")).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: { labels: { of: "template" }, annotations: { "example.org/a": "b" } },
    });
    const { metadata } = (await world.object("secrets", shop, "example-sync")) ?? {};
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
    await bao.put("shop/db", { user, password: rotated, nested: "{}" });
    await eso.untilData(shop, "template", { username: "APP", password: rotated, url: url(rotated) });
    // What the first asks for inside of a field is gone, and it holds what it had.
    const { reason } = await eso.until("ExternalSecret", shop, "vault-example", "False", "nested.deep");
    expect(reason).toBe("SecretSyncedError");
    expect(await world.data(shop, "example-sync")).toEqual(expected);
    await bao.put("shop/db", { user, password: rotated, nested: '{"deep":"down"}' });
    await eso.untilData(shop, "example-sync", { ...expected, foobar: rotated });
    await eso.until("ExternalSecret", shop, "vault-example", "True");
    await world.edit(shop, "example-sync", { stringData: { foobar: "edited" } });
    await eso.untilData(shop, "example-sync", { ...expected, foobar: rotated });
  });

  it("by AppRole and by user, as a store of the cluster", async () => {
    await bao.post("sys/auth/approle", { type: "approle" });
    await bao.post("sys/auth/userpass", { type: "userpass" });
    await bao.post("sys/policies/acl/reader", {
      policy: 'path "secret/*" { capabilities = ["read", "list"] }',
    });
    await bao.post("auth/approle/role/eso", { token_policies: ["reader"] });
    const read = await fetch(`${bao.address}/v1/auth/approle/role/eso/role-id`, {
      headers: { "X-Vault-Token": bao.token },
    });
    const { data: role } = (await read.json()) as { data: { role_id: string } };
    const { data } = (await bao.post("auth/approle/role/eso/secret-id", {})) as {
      data: { secret_id: string };
    };
    const password = world.secret("user-password");
    await bao.post("auth/userpass/users/eso", { password, token_policies: ["reader"] });
    world.toxic.add(data.secret_id);
    await world.create("sluice-system", "logins", {
      "role-id": role.role_id,
      "secret-id": data.secret_id,
      password,
    });
    const value = world.secret("approle");
    await bao.put("cluster/db", { password: value });
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
      const { apiVersion } =
        (await world.object("secrets", shop, `by-${name}`))?.metadata.ownerReferences?.[0] ?? {};
      expect(apiVersion).toBe("external-secrets.io/v1");
    }
  });

  it("of v1beta1, where a cluster serves nothing newer", async () => {
    const value = world.secret("older");
    await bao.put("older", { password: value });
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
      const { ownerReferences } = (await world.object("secrets", shop, "older"))?.metadata ?? {};
      expect(ownerReferences).toMatchObject([{ apiVersion: "external-secrets.io/v1beta1", name: "older" }]);
    } finally {
      await older.kill();
    }
  });

  it("no value was told anybody", async () => {
    const names = ["vault-example", "everything", "template", "by-approle", "by-userpass", "older"];
    await eso.note(shop, names);
    for (const name of ["vault-example", "by-approle"]) await world.events(shop, name);
    expect(await world.leaks()).toEqual([]);
  });
});
