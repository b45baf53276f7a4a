import { beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import {
  applyObject,
  createObject,
  field,
  KubernetesClient,
  type Resource,
  resourcePath,
} from "../src/index.js";
import {
  formatFault,
  parseStore,
  type StoreKey,
  type StoreKind,
  storeResource,
} from "../src/stores/index.js";
import { installCrds, post, storeManifest } from "./stores-support.js";
import { calm, newNamespace, openClient } from "./support.js";

const access = [
  { namespaces: ["shop", "team-*"], serviceAccounts: ["web", "*"], paths: ["app/*", "shared/**"] },
];
const ownAccess = [{ serviceAccounts: ["web"], paths: ["app/*"] }];
const secretKeyRef = { name: "vault-token", key: "token", namespace: "sluice-system" };

const GOOD: readonly (readonly [StoreKind, string, object])[] = [
  ["ClusterSecretStore", "the least", { provider: "file" }],
  [
    "ClusterSecretStore",
    "everything",
    {
      provider: "vault",
      options: { address: "https://vault", auth: { token: {} } },
      optionsFrom: [
        { variable: "VAULT_TOKEN", secretKeyRef },
        { option: "auth.role", secretKeyRef },
      ],
      identity: "pod",
      tokenSource: "tokenRequest",
      tokenAudience: "vault",
      leases: "broker",
      cache: { ttlSeconds: 0 },
      timeoutSeconds: 10,
      suspend: false,
      access,
    },
  ],
  ["SecretStore", "the least", { provider: "vault", tokenAudience: "vault", access: ownAccess }],
  [
    "SecretStore",
    "the broker's identity",
    {
      provider: "vault",
      identity: "broker",
      optionsFrom: [{ option: "token", secretKeyRef: { name: "a", key: "b" } }],
    },
  ],
  [
    "ClusterSecretStore",
    "every pattern",
    {
      provider: "file",
      access: [
        {
          namespaces: ["*", "a-*-b", "*-a"],
          serviceAccounts: ["a.b", "*"],
          paths: ["**", "a/**/b", "*a*b/c", "/a//b", "a b%20é", "...", ".a/b.."],
        },
      ],
    },
  ],
];

const rule = (over: object): object => ({ provider: "file", access: [{ ...access[0], ...over }] });

const BAD: readonly (readonly [StoreKind, string, object, string])[] = [
  ["ClusterSecretStore", "a dot.ted name", { provider: "file" }, "the name must be a DNS-1123 label"],
  [
    "ClusterSecretStore",
    "a token source for the broker",
    { provider: "file", tokenSource: "projected" },
    "tokenSource is for identity: pod only",
  ],
  [
    "ClusterSecretStore",
    "an audience for the broker",
    { provider: "file", tokenAudience: "a" },
    "tokenAudience is for identity: pod only",
  ],
  [
    "ClusterSecretStore",
    "a pod without an audience",
    { provider: "file", identity: "pod" },
    "identity: pod needs tokenAudience",
  ],
  [
    "SecretStore",
    "by default a pod without an audience",
    { provider: "file" },
    "identity: pod needs tokenAudience",
  ],
  [
    "SecretStore",
    "the audience that proves a container to the broker",
    { provider: "vault", tokenSource: "tokenRequest", tokenAudience: "sluice/web" },
    "tokenAudience may not begin with sluice/",
  ],
  [
    "ClusterSecretStore",
    "neither option nor variable",
    { provider: "file", optionsFrom: [{ secretKeyRef }] },
    "name either an option or a variable",
  ],
  [
    "ClusterSecretStore",
    "both option and variable",
    { provider: "file", optionsFrom: [{ option: "a", variable: "A", secretKeyRef }] },
    "name either an option or a variable",
  ],
  [
    "ClusterSecretStore",
    "a Secret of no namespace",
    { provider: "file", optionsFrom: [{ option: "a", secretKeyRef: { name: "a", key: "b" } }] },
    "name the Secret's in secretKeyRef.namespace",
  ],
  [
    "SecretStore",
    "another namespace's Secret",
    { provider: "file", tokenAudience: "a", optionsFrom: [{ option: "a", secretKeyRef }] },
    "leave secretKeyRef.namespace out",
  ],
  [
    "ClusterSecretStore",
    "access for no namespace",
    { provider: "file", access: ownAccess },
    "add namespaces",
  ],
  [
    "SecretStore",
    "access for other namespaces",
    { provider: "file", tokenAudience: "a", access },
    "leave namespaces out",
  ],
  ...["a**", "**a/b", "a/***", "a/****/b", "..", "a/../b", "a/.", "./a"].map(
    (path) =>
      [
        "ClusterSecretStore",
        `the path ${path}`,
        rule({ paths: ["a", path] }),
        "** must be a whole segment of a path",
      ] as const,
  ),
];

// What the schema refuses, in the server's words.
const MALFORMED: readonly (readonly [StoreKind, string, object])[] = [
  ["ClusterSecretStore", "no provider", {}],
  ["ClusterSecretStore", "a number", { provider: 1 }],
  ["ClusterSecretStore", "an unknown identity", { provider: "file", identity: "admin" }],
  ["ClusterSecretStore", "an unknown lease policy", { provider: "file", leases: "keep" }],
  ["ClusterSecretStore", "a negative time", { provider: "file", timeoutSeconds: 0 }],
  ["ClusterSecretStore", "a list for options", { provider: "file", options: [] }],
  ["ClusterSecretStore", "no paths", rule({ paths: [] })],
  ["ClusterSecretStore", "an empty path", rule({ paths: [""] })],
  ["ClusterSecretStore", "an empty namespace", rule({ namespaces: [""] })],
  ["ClusterSecretStore", "stars side by side", rule({ namespaces: ["a**"] })],
  ["ClusterSecretStore", "a namespace in capitals", rule({ namespaces: ["Shop"] })],
  [
    "ClusterSecretStore",
    "an option that climbs",
    { provider: "file", optionsFrom: [{ option: "a..b", secretKeyRef }] },
  ],
  [
    "ClusterSecretStore",
    "an option of the language",
    { provider: "file", optionsFrom: [{ option: "__proto__.a", secretKeyRef }] },
  ],
  [
    "ClusterSecretStore",
    "too many rules",
    { provider: "file", access: Array.from({ length: 65 }, () => access[0]) },
  ],
];

await describeOnKubernetes("stores in a real API server", (cluster) => {
  let namespace = "";
  beforeAll(async () => {
    const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    await installCrds(client);
    ({ namespace = "" } = await newNamespace(client));
    client[Symbol.dispose]();
  });
  const where = (kind: StoreKind): Resource =>
    storeResource({ kind, ...(kind === "SecretStore" && { namespace }) });
  const keyOf = (kind: StoreKind, name: string): StoreKey => ({
    kind,
    name,
    ...(kind === "SecretStore" && { namespace }),
  });
  let count = 0;
  const newName = (): string => `s${++count}`;

  it.each(GOOD)("a %s with %s is admitted, and read as it was meant", async (kind, _, spec) => {
    const name = newName();
    const client = openClient(cluster.kubeconfig);
    const created = await createObject(client, where(kind), storeManifest(kind, name, spec), calm());
    const { store } = parseStore(keyOf(kind, name), "1", field(created, "spec"));
    expect(store).toEqual(parseStore(keyOf(kind, name), "1", spec).store);
    expect(store).toMatchObject({ kind, name, provider: field(spec, "provider") });
  });

  it.each(BAD)("a %s with %s is refused, and by us", async (kind, what, spec, message) => {
    const name = what.startsWith("a dot.ted") ? "dot.ted" : newName();
    const manifest = storeManifest(kind, name, spec);
    const { status, text } = await post(cluster, resourcePath(where(kind)), manifest);
    expect([status, text]).toEqual([422, expect.stringContaining(message)]);
    const { faults } = parseStore(keyOf(kind, name), "1", spec);
    expect(faults?.map(formatFault)).toEqual([expect.stringContaining(message)]);
  });

  it.each(MALFORMED)("a %s with %s is refused, and by us", async (kind, _, spec) => {
    const name = newName();
    const manifest = storeManifest(kind, name, spec);
    const { status } = await post(cluster, resourcePath(where(kind)), manifest);
    expect(status).toBe(422);
    expect(parseStore(keyOf(kind, name), "1", spec).faults).toHaveLength(1);
  });

  it("shows what matters in a table", async () => {
    const client = openClient(cluster.kubeconfig);
    const manifest = storeManifest("ClusterSecretStore", "shown", { provider: "file" });
    await createObject(client, where("ClusterSecretStore"), manifest, calm());
    const condition = {
      type: "Ready",
      status: "False",
      reason: "Denied",
      message: "m",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    const { spec: _, ...head } = manifest as typeof manifest & { spec: object };
    await applyObject(
      client,
      where("ClusterSecretStore"),
      { ...head, status: { conditions: [condition] } },
      { fieldManager: "test", subresource: "status" },
      calm(),
    );
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = await client.call({ path: resourcePath(where("ClusterSecretStore")), accept }, calm());
    const table = body as {
      columnDefinitions: { name: string }[];
      rows: { cells: unknown[]; object: { metadata: { name: string } } }[];
    };
    const names = table.columnDefinitions.map(({ name }) => name);
    expect(names).toEqual(["Name", "Provider", "Identity", "Ready", "Reason", "Suspended", "Checked", "Age"]);
    const row = table.rows.find(({ object }) => object.metadata.name === "shown");
    expect(row?.cells.slice(0, 5)).toEqual(["shown", "file", "broker", "False", "Denied"]);
  });

  it("a status cannot be set with the rest", async () => {
    const client = openClient(cluster.kubeconfig);
    const manifest = {
      ...storeManifest("ClusterSecretStore", "no-status", { provider: "file" }),
      status: {},
    };
    const created = await createObject(client, where("ClusterSecretStore"), manifest, calm());
    expect(created).not.toHaveProperty("status");
  });

  it("are known by short names, of a category", async () => {
    const client = openClient(cluster.kubeconfig);
    const { body } = await client.call({ path: "/apis/sluice.dev/v1alpha1" }, calm());
    expect((body as { resources: object[] }).resources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "secretstores", shortNames: ["sls"], categories: ["sluice"] }),
        expect.objectContaining({
          name: "clustersecretstores",
          shortNames: ["csls"],
          categories: ["sluice"],
        }),
      ]),
    );
  });
});
