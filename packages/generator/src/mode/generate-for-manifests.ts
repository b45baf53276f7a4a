import {
  type ManifestFile,
  isObject,
  type ManifestObject,
  objectsOf,
  podTemplatesOf,
} from "@sluice/mode/manifests";
import pLimit from "p-limit";
import type { KeyMaker } from "../keys/key-maker.js";
import { createSecret } from "../secrets/create-secret.js";
import type { GeneratedOutcome } from "../secrets/secret-outcome.js";
import { permittedWanted } from "../wanted/permitted-wanted.js";
import { wantedOfResource } from "../wanted/wanted-of-resource.js";
import type { WantedSecret } from "../wanted/wanted-secret.js";
import type { Wanted } from "../wanted/wanted.js";
import type { OpenGenerator } from "./open-generator.js";
import type { GeneratedRow } from "./print-report.js";

export interface ManifestsOptions {
  readonly keys: KeyMaker;
  readonly signal: AbortSignal;
  readonly soleWriter: boolean;
  /** Secrets made at the same time. */
  readonly concurrency: number;
  /** Of what names no namespace itself. */
  readonly namespace: string;
}

/** Tries of each secret. */
const TRIES = 5;

/** Creates what pods and `GeneratedSecret`s of manifests ask for, without a cluster. Leases are for pods that run. */
export async function generateForManifests(
  files: readonly ManifestFile[],
  open: OpenGenerator,
  options: ManifestsOptions,
): Promise<GeneratedRow[]> {
  const objects = files.flatMap(({ documents }) => documents.flatMap(({ value }) => objectsOf(value)));
  const wanted = [...wantedOfTemplates(objects, open, options), ...wantedOfResources(objects, open, options)];
  const refused = wanted.flatMap(({ problems }) =>
    problems.map((problem): GeneratedRow => ({
      status: "refused",
      name: "",
      store: "",
      place: "",
      note: problem,
    })),
  );
  const leases = wanted.flatMap((each) =>
    each.leases.map(({ name, store, prefix }): GeneratedRow => ({
      status: "skipped",
      name,
      store,
      place: prefix,
      note: "Numbers are given to pods that run",
    })),
  );
  const secrets = new Map(
    wanted
      .flatMap((each) => each.secrets)
      .map((secret) => [JSON.stringify([secret.store, secret.entries]), secret]),
  );
  const limit = pLimit(options.concurrency);
  const rows = await Promise.all(
    Array.from(secrets.values(), (secret) =>
      limit(async () => rowOf(secret, await create(secret, open, options))),
    ),
  );
  return [...rows, ...leases, ...refused];
}

async function create(
  secret: WantedSecret,
  { resolver }: OpenGenerator,
  { keys, signal, soleWriter }: ManifestsOptions,
): Promise<GeneratedOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await createSecret(secret, { resolver, keys, signal, soleWriter });
    const mayPass =
      outcome.status === "failed" && (outcome.store === "throttled" || outcome.store === "unavailable");
    if (!mayPass || attempt === TRIES) return outcome;
  }
}

function wantedOfTemplates(
  objects: readonly ManifestObject[],
  open: OpenGenerator,
  options: ManifestsOptions,
): Wanted[] {
  return podTemplatesOf(objects).map(({ what, namespace = options.namespace, pod }) => {
    const metadata = isObject(pod["metadata"]) ? pod["metadata"] : {};
    const written = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
    const annotations = Object.fromEntries(
      Object.entries(written).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    return permitted(open.readPod({ namespace, name: what, uid: "", annotations }), namespace, open);
  });
}

function wantedOfResources(
  objects: readonly ManifestObject[],
  open: OpenGenerator,
  options: ManifestsOptions,
): Wanted[] {
  return objects
    .filter(({ kind }) => kind === "GeneratedSecret")
    .map(({ object }) => {
      const { name = "?", namespace = options.namespace } = (object["metadata"] ?? {}) as {
        name?: string;
        namespace?: string;
      };
      const manifest = { ...object, metadata: { name, namespace, resourceVersion: "" } };
      return permitted(wantedOfResource(manifest), namespace, open);
    });
}

function permitted(wanted: Wanted, namespace: string, { config }: OpenGenerator): Wanted {
  return permittedWanted(wanted, namespace, config.generate.access ?? []);
}

function rowOf({ name, store, entries }: WantedSecret, outcome: GeneratedOutcome): GeneratedRow {
  const row = { name, store, place: entries.map(({ path }) => path).join(" "), note: "" };
  if (outcome.status === "exists") return { ...row, status: "exists" };
  if (outcome.status === "created") return { ...row, status: "created", place: outcome.paths.join(" ") };
  const { message, remedy, store: failure } = outcome;
  return { ...row, status: "failed", note: `${message}. ${remedy}`, ...(failure && { failure }) };
}
