import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import { buildOutput } from "./build-output.js";
import type { DesiredOutput } from "./desired-output.js";
import type { SyncOwner } from "./source-mark.js";

const OWNER: SyncOwner = {
  apiVersion: "sluice.dev/v1alpha1",
  kind: "SecretSync",
  namespace: "shop",
  name: "web",
  uid: "u-web",
  generation: 1,
};

it.each(["Secret", "ConfigMap"] as const)("a %s has every key, also those of every object", (kind) => {
  const keys = ["__proto__", "constructor", "plain"];
  const desired: DesiredOutput = {
    kind,
    namespace: "shop",
    name: "db",
    labels: {},
    annotations: {},
    creationPolicy: "Owner",
    deletionPolicy: "Retain",
    adopt: false,
    entries: new Map(keys.map((key) => [key, SecretValue.fromText("text")])),
  };
  const { data } = JSON.parse(JSON.stringify(buildOutput(desired, OWNER))) as { data: object };
  expect(Object.keys(data)).toEqual(keys);
});
