import type { ObjectNeed } from "@sluice/core/dialect";
import { KubernetesClient } from "@sluice/kubernetes";
import { createClusterLookups, type LookupOptions } from "@sluice/webhook";
import { afterAll, expect, it } from "vitest";
import { createKubeconfig } from "../../servers/kubernetes-kubeconfig.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { ask, must, newNamespace } from "./support.js";

const need = (kind: string, name: string): ObjectNeed => ({ apiVersion: "v1", kind, name });
const { signal } = new AbortController();

await describeOnKubernetes("look-ups for admission", (cluster) => {
  const clients = ["admin", "limited"].map(
    (context) => new KubernetesClient({ kubeconfig: cluster.kubeconfig, context, environment: {} }),
  );
  const [admin, limited] = clients as [KubernetesClient, KubernetesClient];
  afterAll(() => clients.forEach((client) => client[Symbol.dispose]()));

  const lookups = (client: KubernetesClient, options: LookupOptions = {}) =>
    createClusterLookups(client, options);

  it("see what was written before they were asked for, at every time", async () => {
    const namespace = await newNamespace(cluster);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const looking = lookups(admin);
    const seen: string[] = [];
    const look = async (): Promise<string> => {
      const found = await looking.find(namespace, need("ConfigMap", "m"), signal);
      return (found?.["data"] as { readonly n?: string } | undefined)?.n ?? "none";
    };
    // Others are under way all the time, with older states.
    const noisy = new AbortController();
    const noise = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!noisy.signal.aborted) await look();
      }),
    );
    await must(ask(cluster, "POST", path, { metadata: { name: "m" }, data: { n: "0" } }));
    seen.push(await look());
    for (const n of ["1", "2", "3", "4", "5"]) {
      await must(ask(cluster, "PATCH", `${path}/m`, { data: { n } }, "application/merge-patch+json"));
      seen.push(await look());
    }
    noisy.abort();
    await noise;
    expect(seen).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("tell what may not be read from what is not there", async () => {
    const namespace = await newNamespace(cluster);
    const told: string[] = [];
    const onLookup: LookupOptions["onLookup"] = (kind, outcome) => void told.push(`${kind} ${outcome}`);
    expect(
      await lookups(admin, { onLookup }).find(namespace, need("Secret", "none"), signal),
    ).toBeUndefined();
    await expect(
      lookups(limited, { onLookup }).find(namespace, need("Secret", "none"), signal),
    ).rejects.toMatchObject({
      code: 403,
      problem: 'Secret "none", which the pod names, may hold references, and the webhook may not read it',
      remedy: expect.stringContaining("get secrets"),
    });
    expect(told).toEqual(["Secret missing", "Secret denied"]);
  });

  it("leave alone what is turned off", () => {
    const open = lookups(admin, { secrets: false });
    expect([open.isHidden(need("Secret", "a")), open.isHidden(need("ConfigMap", "a"))]).toEqual([
      true,
      false,
    ]);
  });

  it("know a namespace by its labels, and a kind that is not served by nothing", async () => {
    const namespace = await newNamespace(cluster, { team: "shop" });
    const looking = lookups(admin);
    expect(await looking.namespaceLabels(namespace, signal)).toMatchObject({ team: "shop" });
    const unknown = { apiVersion: "nobody.example/v1", kind: "Nothing", name: "a" };
    expect(await looking.find(namespace, unknown, signal)).toBeUndefined();
  });

  it("fail when the API server is away, and say so", async () => {
    const { path } = await createKubeconfig({ server: "https://127.0.0.1:1", tokens: { user: "x" } });
    using gone = new KubernetesClient({ kubeconfig: path, environment: {} });
    await expect(
      lookups(gone, { timeoutMs: 500 }).find("shop", need("ConfigMap", "a"), signal),
    ).rejects.toMatchObject({ code: 503, problem: expect.stringContaining("could not be read") });
  });
});
