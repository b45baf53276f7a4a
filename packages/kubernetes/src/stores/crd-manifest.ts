import { stringify } from "yaml";
import { storeCrd } from "./store-crd.js";
import { STORE_PLURALS } from "./store-resource.js";
import type { StoreKind } from "./store.js";

/** A file of `crds/`, which `scripts/write-crds.mjs` writes. */
export interface CrdManifest {
  readonly file: string;
  readonly text: string;
}

/** The manifests of every kind that Sluice defines. */
export function crdManifests(): readonly CrdManifest[] {
  return (Object.keys(STORE_PLURALS) as StoreKind[]).map((kind) => ({
    file: `${STORE_PLURALS[kind]}.yaml`,
    text: stringify(storeCrd(kind), { aliasDuplicateObjects: false, lineWidth: 110 }),
  }));
}
