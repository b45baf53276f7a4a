import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import {
  createObject,
  EventRecorder,
  getObject,
  getPod,
  KubernetesClient,
  lead,
  listObjects,
  type ObjectToWrite,
  requestToken,
  reviewToken,
} from "../src/index.js";
import {
  readStoreOptions,
  reportStores,
  type Store,
  storeResource,
  watchStores,
} from "../src/stores/index.js";
import { installCrds, openCatalogue, storeManifest } from "./stores-support.js";
import { calm, openClient } from "./support.js";

const GROUP = "rbac.authorization.k8s.io";
const DOCS = new URL("../../../docs/stores.md", import.meta.url);

type Role = ObjectToWrite & { readonly metadata: { readonly name: string } };

/** The roles that the documentation has. */
function documentedRoles(): Role[] {
  const blocks = Array.from(
    readFileSync(DOCS, "utf8").matchAll(/```yaml\n(.*?)```/gs),
    ([, yaml = ""]) => yaml,
  );
  const all = blocks.flatMap((yaml) => parseAllDocuments(yaml).map((document) => document.toJS() as Role));
  return all.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
}

await describeOnKubernetes("with the rights that are documented, on a real API server", ({ kubeconfig }) => {
  const web = { namespace: "shop", serviceAccount: "web" };
  beforeAll(async () => {
    using client = new KubernetesClient({ kubeconfig, environment: {} });
    const create = async (plural: string, object: ObjectToWrite, group?: string): Promise<unknown> => {
      const { namespace } = object.metadata;
      const where = { ...(group !== undefined && { group }), ...(namespace !== undefined && { namespace }) };
      return createObject(client, { version: "v1", plural, ...where }, object, calm());
    };
    await installCrds(client);
    for (const name of ["shop", "sluice-system"])
      await create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    for (const name of ["vault", "other"])
      await create("secrets", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace: "sluice-system" },
        stringData: { token: "t" },
      });
    for (const name of ["web", "other"])
      await create("serviceaccounts", {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name, namespace: "shop" },
      });
    await create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-1", namespace: "shop" },
      spec: {
        serviceAccountName: "web",
        automountServiceAccountToken: false,
        containers: [{ name: "web", image: "i" }],
      },
    });
    for (const role of documentedRoles()) {
      const plural = role.kind === "Role" ? "roles" : "clusterroles";
      await create(plural, role, GROUP);
      await create(
        plural.replace("roles", "rolebindings"),
        {
          apiVersion: `${GROUP}/v1`,
          kind: `${role.kind}Binding`,
          metadata: role.metadata,
          roleRef: { apiGroup: GROUP, kind: role.kind, name: role.metadata.name },
          subjects: [{ apiGroup: GROUP, kind: "User", name: "limited" }],
        },
        GROUP,
      );
    }
  });

  it("stores are watched and reported, by the one that leads", async () => {
    const client = openClient(kubeconfig, "limited");
    const admin = openClient(kubeconfig);
    const resource = storeResource({ kind: "SecretStore", namespace: "shop" });
    const manifest = storeManifest("SecretStore", "a", { provider: "vault", tokenAudience: "v" });
    const { metadata } = await createObject(admin, resource, manifest, calm());
    const catalogue = openCatalogue(watchStores(client));
    await catalogue.ready(AbortSignal.timeout(20_000));
    const ending = new AbortController();
    const problems: unknown[] = [];
    const onProblem = (...told: unknown[]): number => problems.push(told);
    const recorder = new EventRecorder(client, { controller: "sluice.dev/broker", instance: "b" });
    const check = async (): Promise<{ ready: true; reason: string; message: string }> => ({
      ready: true,
      reason: "Checked",
      message: "m",
    });
    const options = { namespace: "sluice-system", name: "sluice-broker", identity: "b", onProblem };
    const leading = lead(client, { ...options, signal: ending.signal }, async (signal) =>
      reportStores(client, catalogue, { signal, check, recorder, onProblem }),
    );
    await waitUntil("it is told", async () => {
      const fieldSelector = `involvedObject.uid=${metadata.uid}`;
      const query = { resource: { version: "v1", plural: "events", namespace: "shop" }, fieldSelector };
      const [page] = await Array.fromAsync(listObjects(admin, query, calm()));
      return page?.objects.length === 1;
    });
    ending.abort();
    await leading;
    expect(problems).toEqual([]);
    expect(JSON.stringify(await getObject(admin, resource, "a", calm()))).toContain('"reason":"Checked"');
  });

  it("who asks is known, and acted for", async () => {
    const client = openClient(kubeconfig, "limited");
    const pod = await getPod(client, { namespace: "shop", name: "web-1" }, calm());
    const { token } = await requestToken(client, { ...web, audience: "v", boundPod: pod }, calm());
    const review = await reviewToken(client, { token: token.text(), audiences: ["v"] }, calm());
    expect(review).toMatchObject({ authenticated: true, pod: { uid: pod.uid } });
  });

  it("options are read from the Secret that is named, and nothing else may be", async () => {
    const client = openClient(kubeconfig, "limited");
    const store = (name: string): Store => ({
      kind: "ClusterSecretStore",
      name: "a",
      version: "1",
      provider: "vault",
      options: {},
      optionsFrom: [{ variable: "T", secretKeyRef: { namespace: "sluice-system", name, key: "token" } }],
      identity: { as: "broker" },
      leases: "refuse",
      suspended: false,
      access: [],
    });
    expect((await readStoreOptions(client, store("vault"), calm())).environment).toEqual({ T: "t" });
    const denied = { status: 403 };
    await expect(readStoreOptions(client, store("other"), calm())).rejects.toMatchObject(denied);
    const other = { ...web, serviceAccount: "other", audience: "v" };
    await expect(requestToken(client, other, calm())).rejects.toMatchObject(denied);
    const secrets = listObjects(client, { resource: { version: "v1", plural: "secrets" } }, calm());
    await expect(secrets.next()).rejects.toMatchObject(denied);
    const pods = listObjects(client, { resource: { version: "v1", plural: "pods" } }, calm());
    await expect(pods.next()).rejects.toMatchObject(denied);
  });
});
