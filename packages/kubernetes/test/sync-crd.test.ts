import { beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { applyObject, createObject, field, KubernetesClient, resourcePath } from "../src/index.js";
import { formatFault } from "../src/stores/index.js";
import { SECRET_SYNC_API_VERSION, secretSyncFaults, secretSyncResource } from "../src/syncs/index.js";
import { installCrds, post } from "./stores-support.js";
import { calm, openClient } from "./support.js";

const data = [{ key: "password", from: "secret://prod/app/db#password" }];

const GOOD: readonly (readonly [string, object])[] = [
  ["the least", { data }],
  [
    "everything",
    {
      serviceAccountName: "web",
      intervalSeconds: 30,
      suspend: false,
      data: [...data, { key: "user", from: "secret://prod/app/db?decode=base64,trim#user" }],
      extract: [{ from: "secret://prod/app/db", prefix: "DB_", decode: ["base64"] }],
      find: [{ store: "prod", path: "app/", name: "db-.*", tags: { team: "shop" }, prefix: "F_" }],
      template: {
        keepValues: true,
        data: [
          { key: "app.conf", text: "password={{ .password }}" },
          { key: ".env", format: "dotenv" },
        ],
      },
      window: { days: ["Sat", "Sun"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" },
      target: {
        kind: "Secret",
        name: "db",
        type: "Opaque",
        labels: { team: "shop" },
        annotations: { "example.com/a": "b" },
        creationPolicy: "Orphan",
        deletionPolicy: "Delete",
        adopt: true,
      },
    },
  ],
];

const target = (over: object): object => ({ data, target: over });

const BAD: readonly (readonly [string, object, string])[] = [
  ["nothing to read", { data: [] }, "say what is read"],
  ["a type of a ConfigMap", target({ kind: "ConfigMap", type: "Opaque" }), "type is for kind: Secret only"],
  ["a merge that adopts", target({ creationPolicy: "Merge", adopt: true }), "adopt is not for"],
  ["a label of ours", target({ labels: { "sluice.dev/synced": "no" } }), "are kept for Sluice"],
  ["an annotation of ours", target({ annotations: { "sync.sluice.dev/a": "b" } }), "are kept for Sluice"],
  ["a search for everything", { find: [{ store: "prod" }] }, "say which secrets"],
  ["a template of neither", { data, template: { data: [{ key: "a" }] } }, "give either a text or a format"],
  [
    "a template of both",
    { data, template: { data: [{ key: "a", text: "t", format: "json" }] } },
    "give either a text or a format",
  ],
];

const MALFORMED: readonly (readonly [string, object])[] = [
  ["a reference of another notation", { data: [{ key: "a", from: "vault:a#b" }] }],
  ["a key that no Secret has", { data: [{ key: "a/b", from: "secret://prod/a" }] }],
  ["a hurry", { data, intervalSeconds: 1 }],
  ["no time", { data, window: { from: "25:00", to: "04:00" } }],
  ["no day", { data, window: { days: ["Someday"], from: "22:00", to: "04:00" } }],
  ["another kind", target({ kind: "Pod" })],
  ["a decoding that there is not", { extract: [{ from: "secret://prod/a", decode: ["rot13"] }] }],
];

await describeOnKubernetes("SecretSync, as a cluster takes it", (cluster) => {
  let count = 0;
  const resource = secretSyncResource("default");
  const manifest = (spec: object): { apiVersion: string; kind: string; metadata: { name: string } } =>
    Object.assign(
      { apiVersion: SECRET_SYNC_API_VERSION, kind: "SecretSync", metadata: { name: `y${++count}` } },
      { spec },
    );

  beforeAll(async () => {
    using client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    await installCrds(client);
  });

  it.each(GOOD)("with %s it is admitted, and by us", async (_, spec) => {
    const created = await createObject(openClient(cluster.kubeconfig), resource, manifest(spec), calm());
    expect(field(created, "spec")).toMatchObject({ serviceAccountName: expect.any(String), ...spec });
    expect(secretSyncFaults(field(created, "spec"))).toEqual([]);
    expect(secretSyncFaults(spec)).toEqual([]);
  });

  it.each(BAD)("with %s it is refused, and by us", async (_, spec, message) => {
    const { status, text } = await post(cluster, resourcePath(resource), manifest(spec));
    expect([status, text]).toEqual([422, expect.stringContaining(message)]);
    expect(secretSyncFaults(spec).map(formatFault)).toEqual([expect.stringContaining(message)]);
  });

  it.each(MALFORMED)("with %s it is refused, and by us", async (_, spec) => {
    const { status } = await post(cluster, resourcePath(resource), manifest(spec));
    expect(status).toBe(422);
    expect(secretSyncFaults(spec)).toHaveLength(1);
  });

  it("a key can stand there once", async () => {
    const twice = { data: [...data, ...data] };
    const { status, text } = await post(cluster, resourcePath(resource), manifest(twice));
    expect([status, text]).toEqual([422, expect.stringContaining("Duplicate value")]);
  });

  it("a time zone that there is not is refused by us", () => {
    const faults = secretSyncFaults({ data, window: { from: "22:00", to: "04:00", timeZone: "Mars/Base" } });
    expect(faults.map(formatFault)).toEqual([expect.stringContaining("window.timeZone: is no time zone")]);
  });

  it("shows what matters in a table", async () => {
    const client = openClient(cluster.kubeconfig);
    const shown = manifest({ data });
    await createObject(client, resource, shown, calm());
    const condition = (type: string, status: string): object => ({
      type,
      status,
      reason: "Denied",
      message: "m",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    });
    const conditions = [condition("Ready", "True"), condition("Synced", "False")];
    const { apiVersion, kind, metadata } = shown;
    await applyObject(
      client,
      resource,
      { apiVersion, kind, metadata, status: { conditions } },
      { fieldManager: "test", subresource: "status" },
      calm(),
    );
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = await client.call({ path: resourcePath(resource), accept }, calm());
    const table = body as {
      columnDefinitions: { name: string }[];
      rows: { cells: unknown[]; object: { metadata: { name: string } } }[];
    };
    const names = table.columnDefinitions.map(({ name }) => name);
    expect(names).toEqual([
      "Name",
      "Ready",
      "Synced",
      "Reason",
      "Last Sync",
      "Output",
      "Next Try",
      "Suspended",
      "Age",
    ]);
    const row = table.rows.find(({ object }) => object.metadata.name === metadata.name);
    expect(row?.cells.slice(0, 4)).toEqual([metadata.name, "True", "False", "Denied"]);
  });
});
