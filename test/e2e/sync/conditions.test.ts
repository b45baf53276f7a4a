import { field, getObject, type ObjectToWrite } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { apply, calm } from "../broker/broker-access.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

// Every one of what can become of a sync: what its conditions say then, and which event tells it.
await describeOnKubernetes("sluice sync, conditions and events", (cluster) => {
  let world: SyncWorld;
  let bao: RunningVault;
  let started: StartedSync;
  let namespace: string;

  beforeAll(async () => {
    world = await SyncWorld.open(cluster);
    const openBao = await startVault();
    if (openBao.kind === "unavailable") throw new Error(openBao.reason);
    bao = openBao;
    world.toxic.add(bao.token);
    await store("prod", bao.token);
    namespace = await world.newNamespace();
    started = world.start();
  });

  afterAll(async () => {
    await started.stop();
    await bao.stop();
    await world.close();
  });

  async function call(path: string, body: object): Promise<unknown> {
    const headers = { "X-Vault-Token": bao.token };
    const response = await fetch(`${bao.address}/v1/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
    return response.status === 204 ? undefined : response.json();
  }

  async function store(name: string, token: string): Promise<void> {
    await world.create("sluice-system", name, { token });
    await world.store(name, {
      provider: "vault",
      options: { address: bao.address },
      optionsFrom: [
        { variable: "VAULT_TOKEN", secretKeyRef: { namespace: "sluice-system", name, key: "token" } },
      ],
    });
  }

  async function put(name: string): Promise<string> {
    const value = world.secret(name);
    await call(`secret/data/${name}`, { data: { password: value } });
    return value;
  }

  const from = (name: string, of = "prod"): string => `secret://${of}/secret/${name}#password`;
  const one = (name: string, more: object = {}): object => ({
    data: [{ key: "password", from: from(name) }],
    ...more,
  });

  /** A sync of its own secret, that is synced; the value. */
  async function synced(name: string, more: object = {}): Promise<string> {
    const value = await put(name);
    await world.sync(namespace, name, one(name, more));
    await holds(name, "Synced");
    return value;
  }

  /** Ready and Synced are both true for this reason, for what is asked for now. */
  async function holds(name: string, reason: string): Promise<void> {
    await world.until(namespace, name, reason, { type: "Synced", status: "True" });
    await world.until(namespace, name, reason, { type: "Ready", status: "True" });
  }

  /** Synced is false for this reason, and Ready as told; the message. */
  async function fails(
    name: string,
    reason: string,
    ready: { readonly reason: string; readonly status: "True" | "False" },
    where: string = namespace,
  ): Promise<string> {
    const message = await world.until(where, name, reason, { type: "Synced", status: "False" });
    await world.until(where, name, ready.reason, { type: "Ready", status: ready.status });
    return message;
  }

  async function told(name: string, type: string, reason: string, note: string, where = namespace) {
    const event = await world.untilEvent(where, name, reason);
    expect(event).toMatchObject({ type, regarding: { kind: "SecretSync", name } });
    expect(event.note).toContain(note);
  }

  describe("each has its own", () => {
    it("create", async () => {
      const value = await synced("create");
      expect(await world.data(namespace, "create")).toEqual({ password: value });
      await told("create", "Normal", "OutputCreated", `Secret ${namespace}/create was created`);
    });

    it("update", async () => {
      const value = await synced("update");
      await world.sync(namespace, "update", one("update", { target: { labels: { team: "shop" } } }));
      await waitUntil("it is labelled", async () => {
        const object = await world.object("secrets", namespace, "update");
        return object?.metadata.labels?.["team"] === "shop";
      });
      await holds("update", "Synced");
      expect(await world.data(namespace, "update")).toEqual({ password: value });
      await told("update", "Normal", "OutputUpdated", `Secret ${namespace}/update was updated`);
    });

    it("rotate", async () => {
      await synced("rotate");
      const { observed: before } = await world.status(namespace, "rotate");
      const value = await put("rotate");
      await world.untilData(namespace, "rotate", { password: value });
      await waitUntil(
        "its status has the new version",
        async () =>
          JSON.stringify((await world.status(namespace, "rotate")).observed) !== JSON.stringify(before),
      );
      await holds("rotate", "Synced");
      expect(await world.data(namespace, "rotate")).toEqual({ password: value });
      await told("rotate", "Normal", "OutputUpdated", `Secret ${namespace}/rotate was updated`);
    });

    it("hand-edit", async () => {
      const value = await synced("edit");
      await world.edit(namespace, "edit", { stringData: { password: "edited" } });
      await world.untilData(namespace, "edit", { password: value });
      await holds("edit", "Synced");
      expect(await world.data(namespace, "edit")).toEqual({ password: value });
      await told("edit", "Normal", "OutputRepaired", `Secret ${namespace}/edit was repaired`);
    });

    it("delete", async () => {
      // Of the output by hand, of the secret in its store, and of the sync.
      const value = await synced("delete", { target: { deletionPolicy: "Retain" } });
      const uid = async () => (await world.object("secrets", namespace, "delete"))?.metadata.uid;
      const before = await uid();
      await world.remove("secrets", namespace, "delete");
      await waitUntil("it is made again", async () => ![undefined, before].includes(await uid()));
      expect(await world.data(namespace, "delete")).toEqual({ password: value });
      await holds("delete", "Synced");

      const headers = { "X-Vault-Token": bao.token };
      await fetch(`${bao.address}/v1/secret/metadata/delete`, { method: "DELETE", headers });
      await holds("delete", "Retained");
      await told("delete", "Normal", "Retained", "Keys stay whose secrets are gone: password");

      await world.remove("secretsyncs", namespace, "delete");
      await waitUntil("the output is gone", async () => (await uid()) === undefined);
      await told("delete", "Normal", "OutputDeleted", `Secret ${namespace}/delete was deleted`);
    });

    it("orphan", async () => {
      const value = await synced("orphan", { target: { creationPolicy: "Orphan" } });
      await world.remove("secretsyncs", namespace, "orphan");
      await told("orphan", "Normal", "OutputOrphaned", `Secret ${namespace}/orphan stays`);
      expect(await world.data(namespace, "orphan")).toEqual({ password: value });
    });

    it("conflict", async () => {
      const value = await synced("owner");
      await put("rival");
      await world.sync(namespace, "rival", one("rival", { target: { name: "owner" } }));
      const message = await fails("rival", "Conflict", { reason: "NeverSynced", status: "False" });
      expect(message).toContain("password of sluice-sync/SecretSync.owner");
      await told("rival", "Warning", "Conflict", "password of sluice-sync/SecretSync.owner");
      await holds("owner", "Synced");
      expect(await world.data(namespace, "owner")).toEqual({ password: value });
    });

    it("two sources in one output", async () => {
      const values = [await put("first"), await put("second")];
      for (const name of ["first", "second"]) {
        await world.sync(namespace, name, {
          data: [{ key: name, from: from(name) }],
          target: { name: "shared" },
        });
        await holds(name, "Synced");
      }
      expect(await world.data(namespace, "shared")).toEqual({ first: values[0], second: values[1] });
      await told("first", "Normal", "OutputCreated", `Secret ${namespace}/shared was created`);
      await told("second", "Normal", "OutputUpdated", `Secret ${namespace}/shared was updated`);
      await world.remove("secretsyncs", namespace, "first");
      await world.untilData(namespace, "shared", { second: values[1] ?? "" });
      await told("first", "Normal", "OutputReleased", `Secret ${namespace}/shared was released`);
      await holds("second", "Synced");
    });

    it("store revoked", async () => {
      await call("sys/policies/acl/reader", {
        policy: 'path "secret/*" { capabilities = ["read", "list"] }',
      });
      const made = await call("auth/token/create", { policies: ["reader"], no_parent: true });
      const token = String(field(field(made, "auth"), "client_token"));
      world.toxic.add(token);
      await store("revoked", token);
      const value = await put("revoked");
      await world.sync(namespace, "revoked", {
        data: [{ key: "password", from: from("revoked", "revoked") }],
      });
      await holds("revoked", "Synced");
      await call("auth/token/revoke", { token });
      const message = await fails("revoked", "Denied", { reason: "Synced", status: "True" });
      expect(message).toContain("secret://revoked/secret/revoked");
      await told("revoked", "Warning", "Denied", "secret://revoked/secret/revoked");
      expect(await world.data(namespace, "revoked")).toEqual({ password: value });
    });

    it("namespace forbidden", async () => {
      const rights = { group: "rbac.authorization.k8s.io", version: "v1", plural: "clusterroles" };
      const role = await getObject(world.admin, rights, "sluice-sync", calm());
      const rules = field(role, "rules") as { readonly resources: readonly string[] }[];
      const withRules = (changed: unknown): ObjectToWrite & { metadata: { name: string } } => ({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "sluice-sync" },
        rules: changed,
      });
      const where = await world.newNamespace();
      const value = await put("forbidden");
      const readOnly = rules.map((rule) =>
        rule.resources.includes("secrets") ? { ...rule, verbs: ["get", "list", "watch"] } : rule,
      );
      await apply(world.admin, withRules(readOnly));
      try {
        await world.sync(where, "forbidden", one("forbidden"));
        const never = { reason: "NeverSynced", status: "False" } as const;
        expect(await fails("forbidden", "Forbidden", never, where)).toContain("403");
        await told("forbidden", "Warning", "Forbidden", "docs/sync.md", where);
      } finally {
        await apply(world.admin, withRules(rules));
      }
      await world.untilData(where, "forbidden", { password: value });
      await world.until(where, "forbidden", "Synced", { type: "Ready", status: "True" });
      await told("forbidden", "Normal", "Synced", "", where);
    });
  });

  it("no value was told anybody", async () => {
    expect(world.told.length).toBeGreaterThan(0);
    expect(await world.leaks()).toEqual([]);
  });
});
