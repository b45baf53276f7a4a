import { SecretValue } from "@sluice/core";
import type { KubernetesObject } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import type { SyncedValues } from "../source/sync-spec.js";
import { readSecretSync } from "./read-secret-sync.js";

const object = (spec: object): KubernetesObject =>
  ({ metadata: { name: "web", namespace: "shop", resourceVersion: "1" }, spec }) as KubernetesObject;
const data = [{ key: "password", from: "secret://prod/app/db#password" }];
const values: SyncedValues = new Map([
  ["password", SecretValue.fromText("hunter2")],
  ["bytes", SecretValue.fromBytes(Uint8Array.of(0xff))],
]);

it("reads what is asked for, with its defaults", () => {
  const { sync } = readSecretSync(object({ data }));
  expect(sync).toEqual({
    suspended: false,
    serviceAccount: "default",
    intervalMs: 300_000,
    inputs: [
      { kind: "value", key: "password", reference: { store: "prod", path: "app/db", key: "password" } },
    ],
    outputs: [
      {
        kind: "Secret",
        name: "web",
        labels: {},
        annotations: {},
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        adopt: false,
      },
    ],
  });
});

it.each([
  ["a malformed reference", { data: [{ key: "a", from: "secret://" }] }, "secret://"],
  ["no regular expression", { find: [{ store: "prod", name: "(" }] }, "no regular expression of RE2"],
  [
    "a malformed template",
    { data, template: { data: [{ key: "a", text: "{{ nonsense" }] } },
    'template "a", line 1',
  ],
  ["nothing", {}, "say what is read"],
])("says what is wrong with %s", (_, spec, problem) => {
  expect(readSecretSync(object(spec)).problem).toContain(problem);
});

it("a name fits the whole rest of a path", () => {
  const { sync } = readSecretSync(object({ find: [{ store: "prod", path: "app/", name: "db-.*" }] }));
  const [search] = sync?.inputs ?? [];
  expect(search?.kind === "search" && ["db-1", "my-db-1", "db"].map((rest) => search.fits(rest))).toEqual([
    true,
    false,
    false,
  ]);
});

it("makes files of values", async () => {
  const template = {
    keepValues: true,
    data: [
      { key: "conf", text: "p={{ .password }}" },
      { key: "env", format: "dotenv" },
    ],
  };
  const shape = readSecretSync(object({ data, template })).sync?.outputs[0]?.shape;
  const shaped = await shape?.(values, new AbortController().signal);
  expect(Array.from(shaped ?? [], ([key, value]) => [key, value.textOrUndefined()])).toEqual([
    ["password", "hunter2"],
    ["bytes", undefined],
    ["conf", "p=hunter2"],
    ["env", "password=hunter2\n"],
  ]);
});

it("a template without its value fails, and tells none", async () => {
  const template = { data: [{ key: "conf", text: "{{ .password }}{{ .user }}" }] };
  const shape = readSecretSync(object({ data, template })).sync?.outputs[0]?.shape;
  const failed = await shape?.(values, new AbortController().signal).catch((thrown: unknown) => thrown);
  expect(failed).toMatchObject({ reason: "TemplateFailed", message: expect.stringContaining("user") });
  expect(String(failed)).not.toContain("hunter2");
});
