import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { KubernetesClient } from "../client/kubernetes-client.js";
import { credentials } from "./credentials.js";
import { loadKubeConfig } from "./load-kube-config.js";

async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-connection-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}

function kubeconfig(name: string, user: object = { token: `token-of-${name}` }): object {
  return {
    clusters: [{ name, cluster: { server: `https://${name}.test` } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `space-${name}` } }],
    "current-context": name,
  };
}

function authorization({ headers }: RequestOptions): unknown {
  return Reflect.get(headers ?? {}, "Authorization");
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a kubeconfig", () => {
  it("tells the server, the namespace and who we are", async () => {
    const folder = await folderWith({ config: kubeconfig("a") });
    const loaded = await loadKubeConfig({ kubeconfig: join(folder, "config"), environment: {} });
    expect(loaded).toMatchObject({ server: new URL("https://a.test"), namespace: "space-a" });
    const options = await credentials(loaded);
    expect(authorization(options)).toBe("Bearer token-of-a");
    expect(options.agent).toBeUndefined();
  });

  it("is not acted by when there is a token", async () => {
    const user = { "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" };
    const folder = await folderWith({ config: kubeconfig("a", user) });
    const loaded = await loadKubeConfig({ kubeconfig: join(folder, "config"), environment: {} });
    expect(await credentials(loaded)).toMatchObject({ cert: Buffer.from("CERT"), key: Buffer.from("KEY") });
    const options = await credentials(loaded, "another");
    expect([authorization(options), options.cert, options.key]).toEqual([
      "Bearer another",
      undefined,
      undefined,
    ]);
  });

  it("is found as kubectl finds it, of several files merged", async () => {
    const folder = await folderWith({ a: kubeconfig("a"), b: kubeconfig("b") });
    const several = ["a", "missing", "b"].map((name) => join(folder, name)).join(delimiter);
    expect(await loadKubeConfig({ environment: { KUBECONFIG: several } })).toMatchObject({
      namespace: "space-a",
    });
    const chosen = await loadKubeConfig({ context: "b", environment: { KUBECONFIG: several } });
    expect(chosen).toMatchObject({ server: new URL("https://b.test") });
  });

  it.each([
    ["missing", "kubeconfig"],
    ["broken", "kubeconfig"],
    ["empty", "kubeconfig"],
    ["dangling", "context"],
    ["serverless", "kubeconfig"],
  ])("that is %s is a fault of configuration that quotes nothing", async (name, reason) => {
    const folder = await folderWith({
      broken: "users: [{token: CANARY",
      empty: "",
      dangling: { ...kubeconfig("a", { token: "CANARY" }), clusters: [] },
      serverless: { ...kubeconfig("a"), clusters: [{ name: "a", cluster: { server: "CANARY" } }] },
    });
    const error = await failureOf(loadKubeConfig({ kubeconfig: join(folder, name), environment: {} }));
    expect(error).toMatchObject({ kind: "configuration", reason });
    expect(inspect(error)).not.toContain("CANARY");
  });

  it("may be mended between calls", async () => {
    const folder = await folderWith({});
    const client = new KubernetesClient({ kubeconfig: join(folder, "config"), environment: {} });
    await expect(client.namespace()).rejects.toMatchObject({ reason: "kubeconfig" });
    await writeFile(join(folder, "config"), JSON.stringify(kubeconfig("a")));
    expect(await client.namespace()).toBe("space-a");
  });

  it("whose plugin fails leaves no credentials, and what it printed is not told", async () => {
    const exec = { command: "sh", args: ["-c", "echo CANARY >&2; exit 1"], apiVersion: "v1" };
    const folder = await folderWith({ config: kubeconfig("a", { exec }) });
    const loaded = await loadKubeConfig({ kubeconfig: join(folder, "config"), environment: {} });
    const error = await failureOf(credentials(loaded));
    expect(error).toMatchObject({ kind: "credentials" });
    expect(inspect(error)).not.toContain("CANARY");
  });
});

describe("in a pod", () => {
  const environment = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };

  it("is the pod's account", async () => {
    const serviceAccountFolder = await folderWith({
      token: "of-the-pod",
      "ca.crt": "CA",
      namespace: "shop\n",
    });
    const loaded = await loadKubeConfig({ environment, serviceAccountFolder });
    expect(loaded).toMatchObject({ server: new URL("https://[fd00::1]"), namespace: "shop" });
    const options = await credentials(loaded);
    expect([authorization(options), options.ca]).toEqual(["Bearer of-the-pod", Buffer.from("CA")]);
  });

  it("is read again every minute, for the kubelet renews its token", async () => {
    const serviceAccountFolder = await folderWith({ token: "first", "ca.crt": "CA" });
    const loaded = await loadKubeConfig({ environment, serviceAccountFolder });
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    expect(authorization(await credentials(loaded))).toBe("Bearer first");
    await writeFile(join(serviceAccountFolder, "token"), "second\n");
    vi.advanceTimersByTime(59_000);
    expect(authorization(await credentials(loaded))).toBe("Bearer first");
    vi.advanceTimersByTime(2_000);
    expect(authorization(await credentials(loaded))).toBe("Bearer second");
  });

  it("may lack a namespace, and says when it lacks a token", async () => {
    const loaded = await loadKubeConfig({
      environment,
      serviceAccountFolder: await folderWith({ "ca.crt": "" }),
    });
    expect(loaded.namespace).toBeUndefined();
    await expect(credentials(loaded)).rejects.toMatchObject({ kind: "credentials", reason: "ENOENT" });
  });
});

it("is not configured where there is neither", async () => {
  await expect(loadKubeConfig({ environment: {} })).rejects.toMatchObject({ reason: "kubeconfig-missing" });
});
