import { stringify } from "yaml";
import { generatedSecretCrd } from "../generated/generated-secret-crd.js";
import { secretSyncCrd } from "../syncs/secret-sync-crd.js";
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
  const stores = (Object.keys(STORE_PLURALS) as StoreKind[]).map((kind) =>
    manifest(STORE_PLURALS[kind], storeCrd(kind)),
  );
  return [
    ...stores,
    manifest("generatedsecrets", generatedSecretCrd()),
    manifest("secretsyncs", secretSyncCrd()),
  ];
}

function manifest(plural: string, crd: object): CrdManifest {
  return {
    file: `${plural}.yaml`,
    text: stringify(crd, { aliasDuplicateObjects: false, lineWidth: 110 }),
  };
}
