import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { crdManifests } from "./crd-manifest.js";

const CRDS = new URL("../../crds/", import.meta.url);

it("the manifests that are shipped are what the code says (else run: pnpm crds)", () => {
  const manifests = crdManifests();
  expect(readdirSync(CRDS).sort()).toEqual(manifests.map(({ file }) => file).sort());
  for (const { file, text } of manifests)
    expect(parse(readFileSync(new URL(file, CRDS), "utf8"))).toEqual(parse(text));
});
