import { SecretValue } from "@sluice/core";
import type { KubernetesObject } from "@sluice/kubernetes";
import { describe, expect, it } from "vitest";
import { externalStoreName } from "../external-stores/external-store-name.js";
import type { ExternalStore } from "../external-stores/external-store.js";
import type { SyncSpec } from "../source/sync-spec.js";
import { externalSecretSource } from "./external-secret-source.js";
import { type FindExternalStore, readExternalSecret } from "./read-external-secret.js";

const AWS = externalStoreName({ kind: "SecretStore", name: "aws" });
const find: FindExternalStore = (namespace, { name }) =>
  namespace === "shop" && name === "aws"
    ? ({
        paths: {
          pathOf: (key: string) => (key === "odd" ? { problem: "is odd" } : `p/${key}`),
          prefixOf: (path: string) => `p/${path}`,
          nameOf: (path: string) => (path.startsWith("p/") ? path.slice(2) : undefined),
          versionOf: (label: string) => ({ label }),
        },
      } as unknown as ExternalStore)
    : undefined;

function object(spec: object, metadata: object = {}): KubernetesObject {
  return {
    metadata: { name: "es", namespace: "shop", uid: "u", generation: 1, resourceVersion: "1", ...metadata },
    spec: { secretStoreRef: { name: "aws" }, ...spec },
  } as unknown as KubernetesObject;
}

function read(spec: object, metadata: object = {}): SyncSpec {
  const { sync, problem } = readExternalSecret(object(spec, metadata), find);
  if (sync === undefined) throw new Error(problem);
  return sync;
}

const ENTRY = { secretKey: "k", remoteRef: { key: "db" } };
const DATA = { data: [ENTRY] };

describe("inputs", () => {
  it("entries come after groups, so that they win", () => {
    const sync = read({
      data: [{ ...ENTRY, remoteRef: { key: "db", property: "user", version: "v1" } }],
      dataFrom: [{ extract: { key: "all" } }, { find: { path: "x", tags: { a: "b" } } }],
    });
    expect(sync.laterWins).toBe(true);
    expect(sync.inputs).toMatchObject([
      { kind: "fields", reference: { store: AWS, path: "p/all" } },
      { kind: "search", store: AWS, path: "p/x", tags: { a: "b" } },
      { kind: "value", key: "k", reference: { store: AWS, path: "p/db", key: "user", label: "v1" } },
    ]);
  });

  it("of a store that is not known keep their keys: who reads is told", () => {
    const sync = read({ ...DATA, secretStoreRef: { name: "none", kind: "ClusterSecretStore" } });
    const store = externalStoreName({ kind: "ClusterSecretStore", name: "none" });
    expect(sync.inputs).toMatchObject([{ reference: { store, path: "db" } }]);
  });

  it("searches names as they are in the store, and calls keys so", () => {
    const [input] = read({
      dataFrom: [
        {
          find: { path: "a", name: { regexp: "b.c" } },
          rewrite: [{ regexp: { source: "^a/", target: "" } }],
        },
      ],
    }).inputs;
    if (input?.kind !== "search") throw new Error("It is no search");
    expect(["/b-c", "/xbyc", "/b"].map((rest) => input.fits(rest))).toEqual([true, true, false]);
    expect(input.keyOf?.("p/a/b/c")).toBe("b_c");
  });

  it("takes fields inside of fields, decoded", () => {
    const [input] = read({
      data: [{ ...ENTRY, remoteRef: { key: "db", property: "a.b", decodingStrategy: "Base64" } }],
    }).inputs;
    if (input?.kind !== "value") throw new Error("It is no value");
    expect(input.reference).toEqual({ store: AWS, path: "p/db" });
    const found = input.convert?.(SecretValue.fromText('{"a":{"b":"aGk="}}'));
    expect(SecretValue.isInstance(found) && found.text()).toBe("hi");
  });
});

describe("the output", () => {
  it("has the metadata of what asks for it, but for what is about that alone", () => {
    const metadata = {
      labels: { team: "shop" },
      annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" },
    };
    expect(read(DATA, metadata).outputs).toMatchObject([
      {
        kind: "Secret",
        name: "es",
        labels: { team: "shop" },
        annotations: { a: "b" },
        creationPolicy: "Owner",
      },
    ]);
    const target = { template: { type: "kubernetes.io/tls", metadata: { labels: { own: "1" } } } };
    expect(read({ ...DATA, target }, metadata).outputs).toMatchObject([
      { type: "kubernetes.io/tls", labels: { own: "1" }, annotations: {} },
    ]);
  });

  it.each<[object, object]>([
    [{ deletionPolicy: "Delete" }, { deletionPolicy: "Delete" }],
    [{ deletionPolicy: "Merge" }, { deletionPolicy: "Delete", staysEmpty: true }],
    [
      { creationPolicy: "Orphan", immutable: true },
      { creationPolicy: "Orphan", immutable: true },
    ],
  ])("%j", (target, expected) => expect(read({ ...DATA, target }).outputs).toMatchObject([expected]));

  it("is none where none is asked for", () => {
    expect(read({ ...DATA, target: { creationPolicy: "None" } }).outputs).toEqual([]);
  });

  it.each([
    ["{{ .a | b64enc | toString }}{{ trim .b }}", "YWE=x"],
    ['{{ index . "b" | toString }}', " x "],
    ["{{ (fromJson .c).d }}", "e"],
  ])("is made of the template %s", async (text, expected) => {
    const [output] = read({ ...DATA, target: { template: { data: { t: text } } } }).outputs;
    const values = new Map([
      ["a", SecretValue.fromText("aa")],
      ["b", SecretValue.fromText(" x ")],
      ["c", SecretValue.fromText('{"d":"e"}')],
    ]);
    const shaped = await output?.shape?.(values, new AbortController().signal);
    expect(shaped?.get("t")?.text()).toBe(expected);
    expect([...(shaped?.keys() ?? [])]).toEqual(["t"]);
  });
});

describe("when", () => {
  it.each<[object, object]>([
    [{}, { intervalMs: 3_600_000 }],
    [{ refreshInterval: "30s" }, { intervalMs: 30_000 }],
    [{ refreshInterval: "1ms" }, { intervalMs: 10_000 }],
    [{ refreshInterval: "9s" }, { intervalMs: 10_000 }],
    [{ refreshInterval: "9000h" }, { intervalMs: 86_400_000 }],
    [{ refreshInterval: "0" }, { frozen: "for-good" }],
    [{ refreshPolicy: "CreatedOnce" }, { frozen: "for-good" }],
    [{ refreshPolicy: "OnChange", refreshInterval: "0" }, { frozen: "until-changed" }],
  ])("%j", (spec, expected) => expect(read({ ...DATA, ...spec })).toMatchObject(expected));

  it("a change of labels or annotations asks anew, unless it is brought once", () => {
    const source = externalSecretSource({ find });
    const asked = (spec: object, annotations: object): unknown =>
      source.keep(object(spec, { annotations })).metadata.generation;
    expect(asked(DATA, { a: "1" })).toBe(asked(DATA, { a: "1" }));
    expect(asked(DATA, { a: "1" })).not.toBe(asked(DATA, { a: "2" }));
    const once = { ...DATA, refreshPolicy: "CreatedOnce" };
    expect(asked(once, { a: "1" })).toBe(asked(once, { a: "2" }));
  });
});

it.each<[object, string]>([
  [{}, "spec.data is empty"],
  [{ ...DATA, refreshInterval: "soon" }, "spec.refreshInterval is no duration"],
  [{ data: [{ ...ENTRY, remoteRef: { key: "odd" } }] }, "spec.data[0].remoteRef.key is odd"],
  [{ data: [{ ...ENTRY, remoteRef: { key: "a", metadataPolicy: "Fetch" } }] }, "metadataPolicy is Fetch"],
  [{ data: [{ ...ENTRY, remoteRef: { key: "a", property: "b.@this" } }] }, "property is a query"],
  [{ data: [{ ...ENTRY, remoteRef: {} }] }, 'spec.data.0.remoteRef: "key" is missing'],
  [{ ...DATA, secretStoreRef: {} }, 'spec.secretStoreRef: "name" is missing'],
  [{ dataFrom: [{}] }, "needs either extract or find"],
  [{ dataFrom: [{ extract: { key: "a", property: "b.c" } }] }, "names a field inside of a field"],
  [{ dataFrom: [{ find: { name: { regexp: "(" } } }] }, "no regular expression of RE2"],
  [{ dataFrom: [{ extract: { key: "a" }, rewrite: [{ merge: {} }] }] }, "rewrite.merge is not covered"],
  [
    { dataFrom: [{ extract: { key: "a" }, rewrite: Array.from({ length: 33 }, () => ({})) }] },
    "spec.dataFrom.0.rewrite: must be at most 32 entries long",
  ],
  [
    { ...DATA, refreshInterval: `1s${"1".repeat(63)}` },
    "spec.refreshInterval: must be at most 64 characters",
  ],
  [{ data: [{ ...ENTRY, remoteRef: { key: "/".repeat(2_049) } }] }, "key: must be at most 2048 characters"],
  [{ dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "p" } } }] }, "names a generator"],
  [{ ...DATA, target: { template: { templateFrom: [{}] } } }, "templateFrom is not covered"],
  [{ ...DATA, target: { template: { engineVersion: "v1" } } }, "must be one of: v2"],
  [{ ...DATA, target: { template: { data: { k: "{{ .a" } } } }, "spec.target.template"],
  [{ ...DATA, target: { template: { metadata: { labels: { a: "{{ .k }}" } } } } }, "has a template at a"],
  [{ ...DATA, target: { creationPolicy: "None", deletionPolicy: "Merge" } }, "would delete what others made"],
  [{ ...DATA, syncWindows: {} }, "syncWindows is not covered: use a SecretSync with a window"],
])("%j is refused: %s", (spec, message) => {
  const { problem } = readExternalSecret(object(spec), find);
  expect(problem).toContain(message);
});
