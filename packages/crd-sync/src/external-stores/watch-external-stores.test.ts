import { PassThrough } from "node:stream";
import type { KubernetesClient } from "@sluice/kubernetes";
import type { StoreChange } from "@sluice/kubernetes/stores";
import { expect, it, vi } from "vitest";
import { externalStoreName } from "./external-store-name.js";
import { watchExternalStores } from "./watch-external-stores.js";

const namespace = (name: string, labels: object, annotations: object = {}): object => ({
  metadata: { name, resourceVersion: "2", labels, annotations },
});

function clusterStore(name: string, conditions: readonly object[]): object {
  const vault = {
    server: "https://vault.example",
    auth: { tokenSecretRef: { name: "creds", key: "token", namespace: "infra" } },
  };
  return {
    metadata: { name, uid: name, generation: 1, resourceVersion: "1" },
    spec: { provider: { vault }, conditions },
  };
}

/** A cluster with these objects, and what it tells of namespaces after them. */
function clusterOf(objects: Readonly<Record<string, readonly object[]>>) {
  const told = new PassThrough();
  const client = {
    call: async ({ path }: { readonly path: string }) => ({
      status: 200,
      body: { metadata: { resourceVersion: "1" }, items: objects[path.split("/").at(-1) ?? ""] ?? [] },
    }),
    stream: async ({ path }: { readonly path: string }) =>
      path.endsWith("/namespaces") ? told : new PassThrough(),
  };
  return {
    client: client as unknown as KubernetesClient,
    tell: (type: string, object: object) => told.write(`${JSON.stringify({ type, object })}\n`),
  };
}

it("a namespace changes a store only by labels that its conditions ask for, and only for itself", async () => {
  const selector = { namespaceSelector: { matchLabels: { tier: "shop" } } };
  const cluster = clusterOf({
    namespaces: [namespace("shop", { tier: "shop" }), namespace("pay", {})],
    clustersecretstores: [
      clusterStore("selected", [selector]),
      clusterStore("named", [{ namespaces: ["shop"] }]),
      clusterStore("open", []),
    ],
  });
  const heard: string[] = [];
  const whole: StoreChange[] = [];
  using stores = watchExternalStores(cluster.client, {
    version: "v1",
    environment: {},
    brokerIdentityInNamespaces: [],
    onProblem: (what, message) => heard.push(`${what}: ${message}`),
  });
  await stores.ready(AbortSignal.timeout(10_000));
  using _changes = stores.onChange((change) => whole.push(change));
  using _namespaces = stores.onNamespaces(({ key, namespaces = [] }) =>
    heard.push(`${key.name}: ${Array.from(namespaces).join()}`),
  );
  const selected = externalStoreName({ kind: "ClusterSecretStore", name: "selected" });
  expect(["shop", "pay"].map((name) => stores.find(name, selected).status)).toEqual(["found", "invalid"]);

  // Neither its annotations nor another label matter.
  cluster.tell("MODIFIED", namespace("shop", { tier: "shop" }, { touched: "1" }));
  cluster.tell("MODIFIED", namespace("shop", { tier: "shop", team: "a" }));
  cluster.tell("ADDED", namespace("new", {}));
  cluster.tell("MODIFIED", namespace("pay", { tier: "shop" }));
  await vi.waitFor(() => expect(heard).toEqual([`${selected}: pay`]), { timeout: 10_000 });
  expect(stores.find("pay", selected).status).toBe("found");

  cluster.tell("MODIFIED", namespace("shop", { team: "a" }));
  cluster.tell("DELETED", namespace("pay", { tier: "shop" }));
  await vi.waitFor(
    () => expect(heard).toEqual([`${selected}: pay`, `${selected}: shop`, `${selected}: pay`]),
    { timeout: 10_000 },
  );
  expect(stores.find("shop", selected).status).toBe("invalid");
  expect(whole).toEqual([]);
});
