import { isDeepStrictEqual } from "node:util";
import { parseReference } from "@sluice/core";
import type { Dialect, Scope } from "@sluice/core/dialect";
import { isReferencePart, parsePlannedText } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import { sluice } from "@sluice/dialects";
import { asPod } from "@sluice/webhook";
import {
  type ManifestIssue,
  type ManifestDocument,
  type ManifestFile,
  parseManifestFile,
  isObject,
  type ManifestObject,
  type ManifestPath,
  objectsOf,
  type PodTemplate,
  podTemplatesOf,
} from "@sluice/mode/manifests";
import { type Given, givenBy, migratePod, type PodMigration } from "./migrate-pod.js";
import { addEdit, applyEdits, hasMember, mapEdits, scalarEdit, type TextEdit } from "./text-edits.js";

export interface MigratedManifests {
  readonly text: string;
  /** Stores that the references which were written name. */
  readonly stores: ReadonlySet<string>;
  readonly issues: readonly ManifestIssue[];
}

/** Rewrites every pod of these files. What containers are given is the same afterwards, or it is an issue. */
export function migrateManifests(
  files: readonly ManifestFile[],
  dialects: readonly Dialect[],
  namespace: string,
): MigratedManifests {
  const objects = files.flatMap(({ documents }) => documents.flatMap(({ value }) => objectsOf(value)));
  const scopeOf = (read: ReadTemplate): Scope => scopeIn(objects, read, namespace);
  const stores = new Set<string>();
  const issues: ManifestIssue[] = [];
  const texts = files.map((file) => {
    const given: Readonly<Record<string, Given>>[] = [];
    const edits: TextEdit[] = [];
    for (const read of templatesOf(file)) {
      const { document, template } = read;
      if ("misfit" in read) {
        issues.push(issueAt(file, document, template, misfitFault(read.misfit)));
        continue;
      }
      const migration = migratePod(dialects, scopeOf(read));
      const made = editsOf(file, read, migration);
      issues.push(
        ...migration.faults.map((fault) => issueAt(file, document, template, fault)),
        ...made.issues,
      );
      if (migration.variables.length + migration.remove.length > 0) addStores(stores, migration);
      edits.push(...made.edits);
      given.push(migration.given);
    }
    const text = applyEdits(file.text, edits);
    if (issues.length === 0 && edits.length > 0) issues.push(...differences(file, text, given, scopeOf));
    return text;
  });
  return { text: texts.map(withLineBreak).join("---\n"), stores, issues };
}

interface ReadTemplate {
  readonly document: ManifestDocument;
  readonly template: PodTemplate;
  readonly pod: Pod;
}

type MisfitTemplate = Omit<ReadTemplate, "pod"> & { readonly misfit: string };

function templatesOf(file: ManifestFile): (ReadTemplate | MisfitTemplate)[] {
  return file.documents.flatMap((document) =>
    podTemplatesOf(objectsOf(document.value)).map((template) => {
      const pod = asPod(template.pod);
      return "misfit" in pod
        ? { document, template, misfit: String(pod.misfit) }
        : { document, template, pod };
    }),
  );
}

function editsOf(
  file: ManifestFile,
  { document, template, pod }: ReadTemplate,
  { variables, remove, add }: PodMigration,
): { readonly edits: readonly TextEdit[]; readonly issues: readonly ManifestIssue[] } {
  const edits: TextEdit[] = [];
  const issues: ManifestIssue[] = [];
  const put = (
    path: ManifestPath,
    text: string,
    edit = scalarEdit(document.document, file.text, path, text),
  ) => {
    if (edit === undefined) issues.push(issueAt(file, document, template, SHARED, path));
    else edits.push(edit);
  };
  for (const { container, index, name, text, isRenamed } of variables) {
    const place = [...placeOf(template, pod, container), "env", index];
    if (isRenamed) put([...place, "name"], name);
    const isWritten = hasMember(document.document, place, "value");
    if (isWritten) put([...place, "value"], text);
    // The notation may go by the name alone.
    else put(place, text, addEdit(document.document, file.text, place, "name", ["value", text]));
  }
  const annotations = [...template.path, "metadata", "annotations"];
  const changed = mapEdits(document.document, file.text, annotations, remove, add);
  if (changed === undefined)
    issues.push(issueAt(file, document, template, annotationsFault(add), annotations));
  else edits.push(...changed);
  return { edits, issues };
}

/** Whether the new text gives every container what the old one did, read by our own notation alone. */
function differences(
  file: ManifestFile,
  text: string,
  given: readonly Readonly<Record<string, Given>>[],
  scopeOf: (read: ReadTemplate) => Scope,
): ManifestIssue[] {
  return templatesOf(parseManifestFile(file.file, text)).flatMap((read, index) =>
    !("misfit" in read) && isDeepStrictEqual(givenBy([sluice()], scopeOf(read)), given[index])
      ? []
      : [issueAt(file, read.document, read.template, DIFFERS)],
  );
}

function scopeIn(
  objects: readonly ManifestObject[],
  { template, pod }: ReadTemplate,
  otherwise: string,
): Scope {
  const namespace = template.namespace ?? otherwise;
  const labels = objects.find(
    ({ kind, object }) => kind === "Namespace" && nameOf(object) === namespace,
  )?.object;
  const metadata = isObject(labels?.["metadata"]) ? labels["metadata"] : undefined;
  return {
    pod,
    namespace,
    // A namespace that is not among the files may have any labels; a text that reads as a secret then is one.
    namespaceLabels: metadata === undefined ? ASSUMED_LABELS : textsIn(metadata["labels"]),
    objects: {
      find: ({ kind, name }) =>
        objects.find(
          ({ kind: own, object }) =>
            own === kind && nameOf(object) === name && (namespaceOf(object) ?? namespace) === namespace,
        )?.object,
    },
  };
}

function textsIn(labels: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(isObject(labels) ? labels : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

const ASSUMED_LABELS = { "azure-key-vault-env-injection": "enabled" };

function nameOf({ metadata }: Readonly<Record<string, unknown>>): unknown {
  return isObject(metadata) ? metadata["name"] : undefined;
}

function namespaceOf({ metadata }: Readonly<Record<string, unknown>>): unknown {
  return isObject(metadata) ? metadata["namespace"] : undefined;
}

function placeOf({ path }: PodTemplate, { spec }: Pod, name: string): ManifestPath {
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const) {
    const index = spec[list]?.findIndex((container) => container.name === name) ?? -1;
    if (index !== -1) return [...path, "spec", list, index];
  }
  return path;
}

function addStores(stores: Set<string>, { given }: PodMigration): void {
  for (const { env, spread } of Object.values(given)) {
    for (const text of Object.values(env))
      for (const part of parsePlannedText(text)) if (isReferencePart(part)) stores.add(part.store);
    for (const { from } of spread) stores.add(parseReference(from).store);
  }
}

interface Fault {
  readonly problem: string;
  readonly remedy: string;
}

function issueAt(
  { file }: ManifestFile,
  document: ManifestDocument,
  { what, path }: PodTemplate,
  { problem, remedy }: Fault,
  place: ManifestPath = path,
): ManifestIssue {
  return { file, ...document.position(place), problem: `${what}: ${problem}`, remedy };
}

function misfitFault(misfit: string): Fault {
  return { problem: `${misfit} is not what a pod has there`, remedy: "Correct the pod" };
}

const SHARED: Fault = {
  problem: "a text with a reference has an anchor, or is an alias of another",
  remedy: "Write it out first",
};

const DIFFERS: Fault = {
  problem: "a container would be given something else than before",
  remedy: "Rewrite this pod by hand, and report it with its manifest",
};

function annotationsFault(add: Readonly<Record<string, string>>): Fault {
  const added = Object.entries(add).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return added.length > 0
    ? { problem: "annotations of ours are needed, and have no place", remedy: `Add ${added.join(", ")}` }
    : { problem: "its annotations cannot be taken out of the text", remedy: "Take them away by hand" };
}

function withLineBreak(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
