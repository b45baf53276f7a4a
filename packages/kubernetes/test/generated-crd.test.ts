import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import {
  GENERATED_SECRET_API_VERSION,
  generatedSecretFaults,
  generatedSecretResource,
} from "../src/generated/index.js";
import {
  applyObject,
  createObject,
  field,
  KubernetesClient,
  patchObject,
  resourcePath,
} from "../src/index.js";
import { formatFault } from "../src/stores/index.js";
import { installCrds, post } from "./stores-support.js";
import { calm } from "./support.js";

const place = { store: "prod", path: "shop/key" };

const GOOD: readonly (readonly [string, object])[] = [
  ["the least", { ...place, type: "RSA" }],
  ["a password", { ...place, type: "Password", length: 20, alphabet: "abc123!", require: ["123", "!"] }],
  ["random bytes", { ...place, type: "Random", bytes: 64, encoding: "hex" }],
  [
    "a pair in one object",
    { ...place, type: "EC", curve: "P-521", form: "DER", keys: { private: "tls.key", public: "tls.pub" } },
  ],
  ["a GPG key", { ...place, type: "GPG", bits: 4096, userId: "Shop<shop@example.com>", separator: "-" }],
  ["an SSH key", { ...place, type: "SSH", comment: "deploy@shop" }],
  ["a UUID under a key", { ...place, type: "UUID", keys: { value: "id" } }],
];

const BAD: readonly (readonly [string, object, string])[] = [
  ["a length of a key", { ...place, type: "RSA", length: 8 }, "length is for type: Password only"],
  ["bits of a curve", { ...place, type: "EC", bits: 2048 }, "bits is for type: RSA, GPG only"],
  ["a key of nobody", { ...place, type: "GPG" }, "a GPG key is somebody's"],
  ["half a pair", { ...place, type: "RSA", keys: { private: "key" } }, "keys must name each member"],
  ["a value of a pair", { ...place, type: "SSH", keys: { value: "key" } }, "keys must name each member"],
];

await describeOnKubernetes("GeneratedSecrets in a cluster", (cluster) => {
  let client: KubernetesClient;
  let count = 0;
  const resource = generatedSecretResource("default");
  const manifest = (spec: object) => ({
    apiVersion: GENERATED_SECRET_API_VERSION,
    kind: "GeneratedSecret",
    metadata: { name: `generated-${(count += 1)}` },
    spec,
  });
  beforeAll(async () => {
    client = new KubernetesClient({ environment: {}, kubeconfig: cluster.kubeconfig });
    await installCrds(client);
  });
  afterAll(() => client[Symbol.dispose]());

  it.each(GOOD)("%s is taken, by the cluster and by us", async (_, spec) => {
    expect(generatedSecretFaults(spec)).toEqual([]);
    const { metadata, ...stored } = await createObject(client, resource, manifest(spec), calm());
    expect(metadata.generation).toBe(1);
    // With the cluster's defaults, too.
    expect(generatedSecretFaults(field(stored, "spec"))).toEqual([]);
  });

  it.each(BAD)("%s is refused, by the cluster and by us", async (_, spec, message) => {
    expect(generatedSecretFaults(spec).map(formatFault)).toEqual([expect.stringContaining(message)]);
    const said = await post(cluster, resourcePath(resource), manifest(spec));
    expect(said).toMatchObject({ status: 422, text: expect.stringContaining(message) as string });
  });

  it("cannot be changed, for what is generated stays", async () => {
    const { metadata } = await createObject(client, resource, manifest({ ...place, type: "UUID" }), calm());
    const patch = patchObject(client, resource, metadata.name, { spec: { path: "shop/other" } }, calm());
    await expect(patch).rejects.toMatchObject({ status: 422 });
  });

  it("has a status of its own", async () => {
    const { metadata, ...made } = await createObject(
      client,
      resource,
      manifest({ ...place, type: "UUID" }),
      calm(),
    );
    expect(field(made, "status")).toBeUndefined();
    const { apiVersion, kind } = manifest({});
    const condition = {
      type: "Ready",
      status: "True",
      reason: "Created",
      message: "It was created",
      lastTransitionTime: "2026-01-01T00:00:00Z",
      observedGeneration: 1,
    };
    const written = await applyObject(
      client,
      resource,
      {
        apiVersion,
        kind,
        metadata: { name: metadata.name },
        status: { paths: ["a"], conditions: [condition] },
      },
      { fieldManager: "test", subresource: "status" },
      calm(),
    );
    expect(field(written, "status")).toEqual({ paths: ["a"], conditions: [condition] });
  });
});
