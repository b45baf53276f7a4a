import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import type { DelegatedIdentity } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { startSilencingProxy } from "../../../test/servers/kubernetes-proxy.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { ClusterAdmin } from "./cluster-admin.js";
import { contextOf, open, read, requestOf, reveal } from "./support.js";

await describeOnKubernetes("reading from a real cluster", (server) => {
  const { kubeconfig, address, caCert, adminToken, limitedToken } = server;
  const admin = new ClusterAdmin(server);
  afterAll(async () => admin[Symbol.asyncDispose]());

  it("finds every field of a Secret, whatever its bytes", async () => {
    const namespace = await admin.namespace();
    const fields = {
      text: Buffer.from(" Grüße\r\n世界\t"),
      empty: Buffer.of(),
      binary: Buffer.of(0, 0xff, 0xfe, 0x80),
    };
    await admin.write(namespace, "db", fields);
    const found = await read(open({ kubeconfig, namespace }), "db");
    expect(await reveal(open({ kubeconfig, namespace }), "db")).toEqual(
      Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, Uint8Array.from(bytes)])),
    );
    expect(await reveal(open({ kubeconfig }), `${namespace}/db`)).toHaveProperty("text");
    expect(found).toMatchObject({
      version: expect.stringMatching(/^\d+$/),
      etag: expect.any(String) as string,
    });
    expect(Math.abs(Reflect.get(found, "createdAt") - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Reflect.get(found, "updatedAt") - Date.now())).toBeLessThan(60_000);
  });

  it("finds 1 MiB", async () => {
    const namespace = await admin.namespace();
    const big = randomBytes(1024 * 1024);
    await admin.write(namespace, "big", { big });
    const { big: read } = await reveal(open({ kubeconfig, namespace }), "big");
    expect(big.equals(read ?? Buffer.of())).toBe(true);
  });

  it("finds a ConfigMap's text and bytes", async () => {
    const namespace = await admin.namespace();
    const body = { metadata: { name: "web" }, data: { a: "ä" }, binaryData: { b: "/w==" } };
    await admin.call("POST", `/api/v1/namespaces/${namespace}/configmaps`, body);
    expect(await reveal(open({ kubeconfig, namespace, kind: "ConfigMap" }), "web")).toEqual({
      a: Uint8Array.from(Buffer.from("ä")),
      b: Uint8Array.of(0xff),
    });
    expect(await read(open({ kubeconfig, namespace }), "web")).toMatchObject({ status: "not-found" });
  });

  it("answers each item, asks for an object once, and for nothing but it", async () => {
    const namespace = await admin.namespace();
    for (const name of ["a", "b", "hidden"]) await admin.write(namespace, name, { k: "CANARY" });
    await admin.grant(namespace, { user: "limited" }, ["get"], ["a", "b", "missing"]);
    const gateway = await startGateway(server);
    const options = { namespace, kubeconfig: await admin.kubeconfig(gateway.address, limitedToken) };
    const requests = ["a", "hidden", "missing", "b", "../b", "A", "", "a"].map((path, at) =>
      requestOf(path, `${at}`),
    );
    const outcomes = await open(options).resolve(requests, contextOf());
    expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "0 found",
      "1 denied",
      "2 not-found",
      "3 found",
      "4 invalid",
      "5 invalid",
      "6 invalid",
      "7 found",
    ]);
    expect(gateway.requests.toSorted()).toEqual(
      ["a", "b", "hidden", "missing"].map((name) => `GET /api/v1/namespaces/${namespace}/secrets/${name}`),
    );
    expect(inspect(outcomes, { depth: Infinity, showHidden: true })).not.toContain("CANARY");
    await gateway.stop();
  });

  it("tells a stranger from somebody without rights", async () => {
    const namespace = await admin.namespace();
    const stranger = open({ namespace, kubeconfig: await admin.kubeconfig(address, "wrong", caCert) });
    expect(await read(stranger, "a")).toMatchObject({ status: "denied", reason: "Unauthorized" });
    const limited = open({ namespace, kubeconfig, context: "limited" });
    expect(await read(limited, "a")).toMatchObject({ status: "denied", reason: "Forbidden" });
  });

  it("is told how long to wait, and asks once", async () => {
    const gateway = await startGateway(server);
    gateway.intercept = (_, response) => {
      response.writeHead(429, { "retry-after": "7" }).end('{"reason":"TooManyRequests","message":"CANARY"}');
      return true;
    };
    const provider = open({
      namespace: "default",
      kubeconfig: await admin.kubeconfig(gateway.address, adminToken),
    });
    const outcome = await read(provider, "a");
    expect(outcome).toMatchObject({ status: "throttled", reason: "TooManyRequests", retryAfterMs: 7000 });
    expect(inspect(outcome)).not.toContain("CANARY");
    expect(gateway.requests).toHaveLength(1);
    gateway.intercept = (_, response) => {
      response.writeHead(404).end("CANARY: no such page");
      return true;
    };
    expect(await read(provider, "a")).toMatchObject({ status: "invalid", reason: "http-404" });
    await gateway.stop();
  });

  it("says in time that nobody answers", async () => {
    const gateway = await startGateway(server);
    gateway.intercept = () => true;
    const silent = open({
      namespace: "a",
      timeoutMs: 300,
      kubeconfig: await admin.kubeconfig(gateway.address, "x"),
    });
    expect(await read(silent, "a")).toMatchObject({ status: "unavailable", reason: "timeout" });
    await gateway.stop();
    expect(await read(silent, "a")).toMatchObject({ status: "unavailable", reason: "ECONNREFUSED" });
    const nowhere = open({ namespace: "a", kubeconfig: "/nowhere/kubeconfig" });
    expect(await read(nowhere, "a")).toMatchObject({ status: "invalid", reason: "kubeconfig" });
    const unknown = open({ namespace: "a", kubeconfig, context: "unknown" });
    expect(await read(unknown, "a")).toMatchObject({ status: "invalid", reason: "context" });
  });

  it("closes the connection of a call that is aborted, and still works", async () => {
    const proxy = await startSilencingProxy(address);
    const options = {
      namespace: "default",
      kubeconfig: await admin.kubeconfig(proxy.address, adminToken, caCert),
    };
    const provider = open(options);
    expect(await read(provider, "a")).toMatchObject({ status: "not-found" });
    proxy.silence();
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = read(provider, "a", contextOf({ signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
    await waitUntil("the connection is closed", () => proxy.connections() === 0, { timeoutMs: 1000 });
    expect(await read(provider, "a")).toMatchObject({ status: "not-found" });
    await proxy.stop();
  });

  it("waits for a dead connection once, not for each it kept", async () => {
    const proxy = await startSilencingProxy(address);
    const kubeconfigOfProxy = await admin.kubeconfig(proxy.address, adminToken, caCert);
    const provider = open({ namespace: "default", kubeconfig: kubeconfigOfProxy, timeoutMs: 1000 });
    const requests = Array.from({ length: 5 }, (_, n) => requestOf(`a-${n}`));
    await provider.resolve(requests, contextOf());
    expect(proxy.connections()).toBeGreaterThan(1);
    proxy.silence();
    expect(await read(provider, "a")).toMatchObject({ status: "unavailable", reason: "timeout" });
    expect(await read(provider, "a")).toMatchObject({ status: "not-found" });
    await proxy.stop();
  });

  it("acts as the workload it is asked for", async () => {
    const namespace = await admin.namespace();
    const identities = await Promise.all(
      ["web", "job"].map(async (name): Promise<DelegatedIdentity> => {
        const getToken = await admin.account(namespace, name);
        await admin.write(namespace, name, { k: name });
        await admin.grant(namespace, { account: name }, ["get"], [name]);
        const subject = `system:serviceaccount:${namespace}:${name}`;
        return { kind: "delegated", cacheKey: name, subject, getToken };
      }),
    );
    const provider = open({ kubeconfig, namespace });
    const statuses = await Promise.all(
      identities.map(async (identity) => {
        const outcomes = await provider.resolve(
          ["web", "job"].map((path) => requestOf(path)),
          contextOf({ identity }),
        );
        return outcomes.map(({ status }) => status);
      }),
    );
    expect(statuses).toEqual([
      ["found", "denied"],
      ["denied", "found"],
    ]);
    const getToken = async (): Promise<string> => {
      throw new Error("CANARY");
    };
    const identity = { ...(identities[0] as DelegatedIdentity), getToken };
    const failed = await read(provider, "web", contextOf({ identity }));
    expect(failed).toMatchObject({ status: "unavailable", reason: "delegated-token" });
    expect(inspect(failed)).not.toContain("CANARY");
    const other = open({ kubeconfig, namespace, audience: "somebody-else" });
    const [web] = identities as [DelegatedIdentity];
    expect(await read(other, "web", contextOf({ identity: web }))).toMatchObject({ status: "denied" });
  });

  it("checks what it can reach and read", async () => {
    const namespace = await admin.namespace();
    const aspects = async (options: Parameters<typeof open>[0]) => {
      const { findings, storeTime } = await open(options).check(contextOf());
      for (const { status, remedy } of findings) expect(status === "ok" || remedy !== undefined).toBe(true);
      return [findings.map(({ aspect, status }) => `${aspect} ${status}`), storeTime !== undefined];
    };
    const known = ["reachable ok", "authenticated ok"];
    expect(await aspects({ kubeconfig, namespace })).toEqual([[...known, "authorised ok"], true]);
    expect(await aspects({ kubeconfig })).toEqual([[...known, "authorised ok"], true]);
    const limited = { kubeconfig, context: "limited" };
    expect(await aspects({ ...limited, namespace })).toEqual([[...known, "authorised failed"], true]);
    expect(await aspects(limited)).toEqual([[...known, "authorised warning"], true]);
    await admin.grant(namespace, { user: "limited" }, ["get"], ["db"]);
    expect(await aspects({ ...limited, namespace })).toEqual([[...known, "authorised ok"], true]);
    const stranger = { kubeconfig: await admin.kubeconfig(address, "wrong", caCert) };
    expect(await aspects(stranger)).toEqual([["reachable ok", "authenticated failed"], false]);
    const nobody = { kubeconfig: await admin.kubeconfig("https://127.0.0.1:1", "wrong", caCert) };
    expect(await aspects(nobody)).toEqual([["reachable failed"], false]);
  });
});
