import { inspect } from "node:util";
import { SecretValue } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { ClusterAdmin } from "./cluster-admin.js";
import { contextOf, open, put, read, reveal, versionOf } from "./support.js";

const text = (fields: Record<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));

await describeOnKubernetes("writing to a real cluster", (server) => {
  const { kubeconfig } = server;
  const admin = new ClusterAdmin(server);
  afterAll(async () => admin[Symbol.asyncDispose]());

  it.each(["Secret", "ConfigMap"] as const)(
    "creates, replaces all data of and deletes a %s",
    async (kind) => {
      const provider = open({ kubeconfig, kind, namespace: await admin.namespace() });
      const created = await put(provider, "db", { user: "a", password: "ü" });
      expect(created).toEqual({ status: "created", version: await versionOf(provider, "db") });
      const updated = await put(provider, "db", { password: "", other: "x\ny" });
      expect(updated).toEqual({ status: "updated", version: await versionOf(provider, "db") });
      expect(text(await reveal(provider, "db"))).toEqual({ password: "", other: "x\ny" });
      expect(await provider.delete({ path: "db" }, contextOf())).toEqual({ status: "deleted" });
      expect(await provider.delete({ path: "db" }, contextOf())).toMatchObject({ status: "not-found" });
      expect(await read(provider, "db")).toMatchObject({ status: "not-found" });
    },
  );

  it("keeps what is not data", async () => {
    const namespace = await admin.namespace();
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const metadata = { name: "a", labels: { team: "x" } };
    const data = { "tls.crt": "", "tls.key": "" };
    await admin.call("POST", path, { metadata, type: "kubernetes.io/tls", data });
    const written = await put(open({ kubeconfig, namespace }), "a", { "tls.crt": "1", "tls.key": "2" });
    expect(written).toMatchObject({ status: "updated" });
    expect(await admin.call("GET", `${path}/a`)).toMatchObject({ metadata, type: "kubernetes.io/tls" });
  });

  it("creates once when 20 try at the same time", async () => {
    const provider = open({ kubeconfig, namespace: await admin.namespace() });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        put(provider, "a", { n: `${n}` }, { condition: { ifAbsent: true } }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "created")).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === "exists")).toHaveLength(19);
    const winner = outcomes.findIndex(({ status }) => status === "created");
    expect(text(await reveal(provider, "a"))).toEqual({ n: `${winner}` });
  });

  it("writes and deletes only at a version", async () => {
    const provider = open({ kubeconfig, namespace: await admin.namespace() });
    await put(provider, "a", { k: "1" });
    const ifVersion = await versionOf(provider, "a");
    expect(await put(provider, "a", { k: "2" }, { condition: { ifVersion } })).toMatchObject({
      status: "updated",
    });
    const conflict = { status: "conflict", reason: "version-changed" };
    for (const version of [ifVersion, "0", "", "unheard-of"]) {
      const condition = { ifVersion: version };
      expect(await put(provider, "a", { k: "3" }, { condition })).toMatchObject(conflict);
      expect(await put(provider, "absent", { k: "3" }, { condition })).toMatchObject(conflict);
      expect(await provider.delete({ path: "a", ifVersion: version }, contextOf())).toMatchObject(conflict);
    }
    expect(text(await reveal(provider, "a"))).toEqual({ k: "2" });
    const latest = await versionOf(provider, "a");
    expect(await provider.delete({ path: "a", ifVersion: latest }, contextOf())).toEqual({
      status: "deleted",
    });
  });

  it("answers a repetition as it did the first time", async () => {
    const provider = open({ kubeconfig, namespace: await admin.namespace() });
    const request = { condition: { ifAbsent: true }, idempotencyKey: "k" } as const;
    const answers = await Promise.all([1, 2, 3].map(async () => put(provider, "a", { k: "1" }, request)));
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    await put(provider, "a", { k: "2" });
    expect(await put(provider, "a", { k: "1" }, request)).toEqual(answers[0]);
    expect(text(await reveal(provider, "a"))).toEqual({ k: "2" });
  });

  it("refuses what a Secret cannot hold, and leaves what is there", async () => {
    const namespace = await admin.namespace();
    const provider = open({ kubeconfig, namespace });
    await put(provider, "a", { k: "1" });
    const unfit: [unknown, string][] = [
      ["CANARY", "not-fields"],
      [["CANARY"], "not-fields"],
      [{ k: { CANARY: 1 } }, "not-fields"],
      [{ "CANARY ": "x" }, "key"],
      [{ k: `CANARY${"x".repeat(1024 * 1024)}` }, "too-large"],
    ];
    for (const [value, reason] of unfit) {
      const outcome = await put(provider, "a", value);
      expect(outcome).toMatchObject({ status: "invalid", reason });
      expect(inspect(outcome)).not.toContain("CANARY");
    }
    const bytes = SecretValue.fromBytes(Uint8Array.of(0x7b, 0xff));
    expect(await provider.put({ path: "a", value: bytes }, contextOf())).toMatchObject({
      reason: "not-fields",
    });
    expect(text(await reveal(provider, "a"))).toEqual({ k: "1" });
    await admin.call("PATCH", `/api/v1/namespaces/${namespace}/secrets/a`, { immutable: true });
    const immutable = await put(provider, "a", { k: "CANARY" });
    expect(immutable).toMatchObject({ status: "invalid", reason: "Invalid" });
    expect(inspect(immutable)).not.toContain("CANARY");
  });

  it("is refused without rights, and where there is no namespace", async () => {
    const namespace = await admin.namespace();
    const limited = open({ kubeconfig, context: "limited", namespace });
    expect(await put(limited, "a", { k: "1" })).toMatchObject({ status: "denied" });
    expect(await limited.delete({ path: "a" }, contextOf())).toMatchObject({ status: "denied" });
    const nowhere = open({ kubeconfig, namespace: "missing" });
    expect(await put(nowhere, "a", { k: "1" })).toMatchObject({ reason: "namespace-missing" });
  });

  it("does nothing once its signal has aborted", async () => {
    const provider = open({ kubeconfig, namespace: await admin.namespace() });
    const reason = new Error("enough");
    const aborted = contextOf({ signal: AbortSignal.abort(reason) });
    const value = SecretValue.fromText('{"k":"1"}');
    await expect(provider.put({ path: "a", value }, aborted)).rejects.toBe(reason);
    await expect(provider.delete({ path: "a" }, aborted)).rejects.toBe(reason);
    await expect(provider.check(aborted)).rejects.toBe(reason);
    await expect(read(provider, "a", aborted)).rejects.toBe(reason);
    await expect(Array.fromAsync(provider.list({}, aborted))).rejects.toBe(reason);
    expect(await read(provider, "a")).toMatchObject({ status: "not-found" });
  });
});
