import { readFile } from "node:fs/promises";
import { parse, parseAllDocuments } from "yaml";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { ask, type Said } from "../webhook/support.js";

/** An object of the deployment. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [member: string]: unknown;
}

export const DEPLOY: URL = new URL("../../../deploy/", import.meta.url);

/** The objects that a kustomization names; it changes none of them. */
export async function readManifests(folder: "base" | "crds" | "objects"): Promise<Manifest[]> {
  const at = new URL(`kustomize/${folder}/`, DEPLOY);
  const text = await readFile(new URL("kustomization.yaml", at), "utf8");
  const { resources } = parse(text) as { readonly resources: readonly string[] };
  const files = await Promise.all(resources.map(async (file) => readFile(new URL(file, at), "utf8")));
  return files.flatMap(manifestsIn);
}

/** The objects of a YAML stream. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Finds the one of a kind and name. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
  return found;
}

/** Where an object is in the API. */
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: Manifest): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${group}${within}/${pluralOf(kind)}/${name}`;
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith("y")) return `${word.slice(0, -1)}ies`;
  return word.endsWith("s") ? `${word}es` : `${word}s`;
}

/** As `kubectl apply --server-side` does it. */
export async function applyManifest(cluster: RunningKubernetes, manifest: Manifest): Promise<Said> {
  const query = "?fieldManager=kubectl&fieldValidation=Strict";
  return ask(cluster, "PATCH", pathOf(manifest) + query, manifest, "application/apply-patch+yaml");
}
