import type { SecretReference } from "@sluice/core";
import { planReferences } from "@sluice/core/plan";
import { keesLeaseRange, type KeesParameter, keesPath } from "@sluice/dialects";
import { filesReferences } from "@sluice/files";
import type { PolicyRead, PolicyWorkload } from "@sluice/policy";
import { planPodOffline, manifestLookups, type DialectSettings } from "@sluice/webhook/offline";
import {
  type ManifestIssue,
  type ManifestFile,
  isObject,
  objectsOf,
  podTemplatesOf,
} from "@sluice/mode/manifests";
import { keesPlace } from "./kees-place.js";
import { type PlacedTemplate, readKeesTemplate } from "./read-kees-template.js";

/** What workloads in manifests read, in all notations. */
export interface ReadWorkloads {
  readonly workloads: readonly PolicyWorkload[];
  readonly issues: readonly ManifestIssue[];
  /** What their author should know. */
  readonly notes: readonly string[];
}

const KEES = "kees";

interface Read {
  readonly workload: PolicyWorkload;
  readonly issues: readonly ManifestIssue[];
  readonly notes: readonly string[];
}

/** Plans every pod as the webhook would, looking up what they name among the files. */
export async function readWorkloads(
  files: readonly ManifestFile[],
  settings: DialectSettings,
  namespace: string,
): Promise<ReadWorkloads> {
  const found = files.flatMap((file) =>
    file.documents.map((document) => ({ file, document, objects: objectsOf(document.value) })),
  );
  const lookups = manifestLookups(
    found.flatMap(({ objects }) => objects),
    namespace,
  );
  const placed = found.flatMap(({ file, document, objects }) =>
    podTemplatesOf(objects).map((template) => ({ file, document, template })),
  );
  // What is wrong with annotations of kees is told below, each at its line.
  const others = settings.dialects.filter(({ name }) => name !== KEES);
  const read = await Promise.all(
    placed.map(async (place): Promise<Read> => {
      const where = place.template.namespace ?? namespace;
      const {
        plans,
        files: written,
        problems,
      } = await planPodOffline(place.template.pod, where, others, lookups);
      const kees = readKees(place, settings);
      const references = [
        ...Array.from(plans.values()).flatMap((plan) => Array.from(planReferences(plan).values())),
        ...Array.from(written.values(), filesReferences).flatMap(({ certain, possible }) => [
          ...certain,
          ...possible,
        ]),
      ];
      const reads = [...references.map(readOfReference), ...kees.reads];
      const { what } = place.template;
      const issues = problems.map(({ problem, remedy }) => ({
        file: place.file.file,
        ...place.document.position(place.template.path),
        problem: `${what}: ${problem}`,
        remedy,
      }));
      return {
        workload: { what, namespace: where, serviceAccount: accountOf(place), reads },
        issues: [...issues, ...kees.issues],
        notes: kees.notes,
      };
    }),
  );
  return {
    workloads: read.map(({ workload }) => workload),
    issues: read.flatMap(({ issues }) => issues),
    notes: read.flatMap(({ notes }) => notes),
  };
}

function readOfReference({ store, path, key, volatile }: SecretReference): PolicyRead {
  return { store, path, ...(key !== undefined && { key }), ...(volatile !== undefined && { volatile }) };
}

function readKees(place: PlacedTemplate, settings: DialectSettings) {
  const kees = keesPlace(settings);
  if (!settings.dialects.some(({ name }) => name === KEES)) return { reads: [], issues: [], notes: [] };
  const { annotations, issues } = readKeesTemplate(place, kees);
  const { parameters, mode, storagePrefix } = annotations;
  if (mode !== "local" || parameters.length === 0)
    return { reads: parameters.map((each) => readOf(each, storagePrefix, kees.store)), issues, notes: [] };
  const notes = [`${place.template.what} is in local mode, and reads nothing from a store`];
  return { reads: [], issues, notes };
}

function readOf(parameter: KeesParameter, prefix: string, store: string): PolicyRead {
  if (parameter.is === "lease")
    return { store, path: keesLeaseRange(prefix, parameter), isDirect: true, anyIndex: true };
  return { store, path: keesPath(prefix, parameter), isDirect: true };
}

function accountOf({ template }: PlacedTemplate): string {
  const spec = isObject(template.pod["spec"]) ? template.pod["spec"] : {};
  const { serviceAccountName } = spec;
  return typeof serviceAccountName === "string" && serviceAccountName !== "" ? serviceAccountName : "default";
}
