import { readdir, readFile } from "node:fs/promises";
import { crdManifests } from "@sluice/kubernetes/stores";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { DEPLOY, find, manifestsIn, readManifests } from "./manifests.js";

const CRDS = new URL("../packages/kubernetes/crds/", DEPLOY);

it.each(["kustomize/crds/", "helm/sluice/crds/"])(
  "deploy/%s has the kinds as their package has them",
  async (place) => {
    const folder = new URL(place, DEPLOY);
    const there = (await readdir(folder)).filter((file) => file !== "kustomization.yaml");
    expect(there.sort()).toEqual(
      crdManifests()
        .map(({ file }) => file)
        .sort(),
    );
    for (const { file } of crdManifests())
      expect(await readFile(new URL(file, folder), "utf8")).toBe(await readFile(new URL(file, CRDS), "utf8"));
  },
);

it("the chart's schema knows every value, and closes every object that is the chart's own", async () => {
  const read = async (file: string) => readFile(new URL(`helm/sluice/${file}`, DEPLOY), "utf8");
  const schema = JSON.parse(await read("values.schema.json")) as Schema;
  const { global: _, ...properties } = schema.properties ?? {};
  expect(unknown(parse(await read("values.yaml")), { ...schema, properties })).toEqual([]);
});

it("the chart and the base name the version of the command line", async () => {
  const version = await readFile(new URL("../packages/cli/package.json", DEPLOY), "utf8");
  const { version: own } = JSON.parse(version) as { readonly version: string };
  const chart = parse(await readFile(new URL("helm/sluice/Chart.yaml", DEPLOY), "utf8")) as object;
  expect(chart).toMatchObject({ version: own, appVersion: own });
  const images = Array.from(
    JSON.stringify(await readManifests("base")).matchAll(/sluice-secrets\/[a-z-]+:([^"]+)/g),
  );
  expect(new Set(images.map(([, tag]) => tag))).toEqual(new Set([own]));
});

it("whoever serves is told to stop later than its pod's grace period allows for", async () => {
  const sync = await readFile(new URL("kustomize/components/sync/deployment.yaml", DEPLOY), "utf8");
  const manifests = [...(await readManifests("base")), ...manifestsIn(sync)];
  // What each of them takes at most, in seconds: see their documentation.
  const longest = { "sluice-webhook": 5 + 15 + 1, "sluice-broker": 25 + 5, "sluice-sync": 25 + 1 };
  for (const [name, seconds] of Object.entries(longest)) {
    const { spec } = find(manifests, "Deployment", name) as unknown as Deployment;
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
  }
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

interface Deployment {
  readonly spec: { readonly template: { readonly spec: { readonly terminationGracePeriodSeconds: number } } };
}

/** Paths that either of both has alone. */
function unknown(value: unknown, schema: Schema, path = ""): string[] {
  if (schema.properties === undefined || path.endsWith(".resources")) return [];
  const known = schema.properties;
  const members = value as Readonly<Record<string, unknown>>;
  const names = new Set([...Object.keys(known), ...Object.keys(members)]);
  return [
    ...(schema.additionalProperties === false ? [] : [`${path} is open`]),
    ...Array.from(names).flatMap((name) => {
      const [inner, at] = [known[name], `${path}.${name}`];
      return inner === undefined || !Object.hasOwn(members, name) ? [at] : unknown(members[name], inner, at);
    }),
  ];
}
