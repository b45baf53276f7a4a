import { createSecretKey } from "node:crypto";
import type { KubernetesObject } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import { parseWindow } from "./parse-window.js";
import { RestartBudget } from "./restart-budget.js";
import { formatSeen, parseSeen, shortHash } from "./seen-versions.js";
import { usedReferences } from "./used-references.js";
import { readWorkload } from "./workload.js";

const AT = Date.parse("2026-11-21T12:00:00Z");

it.each([
  ["22:00-04:00", { from: 1320, to: 240, timeZone: "UTC", days: 7 }],
  ["Sat,Sun 00:00-23:59 Europe/Berlin", { from: 0, to: 1439, timeZone: "Europe/Berlin", days: 2 }],
])("a window is read: %s", (text, { days, ...expected }) => {
  expect(parseWindow(text)).toMatchObject(expected);
  expect(parseWindow(text)?.days.size).toBe(days);
});

it.each([
  "",
  "at night",
  "22:00",
  "24:00-01:00",
  "10:00-10:00",
  "Foo 10:00-11:00",
  "10:00-11:00 Nowhere/At-All",
])("is no window: %s", (text) => {
  expect(parseWindow(text)).toBeUndefined();
});

it("what was seen is read as it was written, and what is not of ours is passed over", () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  const seen = new Map([
    [shortHash("b", key), shortHash("1", key)],
    [shortHash("a", key), shortHash("2", key)],
  ]);
  expect(parseSeen(`${formatSeen(seen)},x=y`)).toEqual(seen);
  expect(shortHash("a", createSecretKey(Buffer.alloc(32, 2)))).not.toBe(shortHash("a", key));
  expect(parseSeen()).toEqual(new Map());
});

it("restarts are so many a minute", () => {
  const budget = new RestartBudget(2);
  expect([budget.take(AT), budget.take(AT + 1_000), budget.take(AT + 2_000)]).toEqual([
    undefined,
    undefined,
    AT + 60_000,
  ]);
  expect(budget.take(AT + 60_000)).toBeUndefined();
});

it("pods use what their last start gave, as far as it has versions and is not issued anew", () => {
  const given = (reference: string, version: string | undefined, ago: number, container = "app") => ({
    container,
    reference,
    at: AT - ago,
    ...(version !== undefined && { version }),
  });
  const used = usedReferences([
    given("secret://a/x", "2", 0),
    given("secret://a/x", "1", 60_000),
    given("secret://a/unversioned", undefined, 0),
    given("secret://a/issued?volatile=true", "1", 0),
    given("secret://a/exact?version=7", "7", 0),
    given("secret://a/removed", "1", 3_600_000),
    given("secret://a/of-another", "5", 3_600_000, "other"),
    given("no reference", "1", 0),
  ]);
  expect(used.map(({ label, version }) => [label, version])).toEqual([
    ["secret://a/x", "2"],
    ["secret://a/of-another", "5"],
  ]);
});

it("a workload that asks for it uses what its pods name", () => {
  const object = (annotations: object): KubernetesObject =>
    ({
      metadata: { name: "web", namespace: "shop", uid: "u", resourceVersion: "1", annotations },
      spec: {
        template: {
          spec: {
            serviceAccountName: "web",
            initContainers: [{ envFrom: [{ secretRef: { name: "a" } }, { configMapRef: { name: "b" } }] }],
            containers: [{ env: [{ valueFrom: { secretKeyRef: { name: "c" } } }, { value: "plain" }] }],
            volumes: [
              { secret: { secretName: "d" } },
              { projected: { sources: [{ secret: { name: "a" } }, { configMap: { name: "e" } }] } },
            ],
          },
        },
      },
    }) as unknown as KubernetesObject;
  expect(readWorkload("Deployment", object({}))).toBeUndefined();
  const workload = readWorkload("Deployment", object({ "sluice.dev/restart-on-change": "true" }));
  expect(workload).toMatchObject({ namespace: "shop", serviceAccount: "web" });
  expect(workload?.uses.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "Secret c",
    "Secret a",
    "ConfigMap b",
    "Secret d",
    "ConfigMap e",
  ]);
});
