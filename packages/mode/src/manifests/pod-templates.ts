type Json = Readonly<Record<string, unknown>>;

/** Keys and indices from the root of a document to a place in it. */
export type ManifestPath = readonly (string | number)[];

/** A pod, or what pods are made from, within a document. */
export interface PodTemplate {
  /** For people: `Deployment shop/web`. */
  readonly what: string;
  readonly namespace: string | undefined;
  /** Where it stands. */
  readonly path: ManifestPath;
  readonly pod: Json;
}

/** An object of a document. */
export interface ManifestObject {
  readonly path: ManifestPath;
  readonly kind: string;
  readonly object: Json;
}

const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ["template"],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** The objects of a document: itself, or the items of a List. */
export function objectsOf(value: unknown, path: ManifestPath = []): ManifestObject[] {
  if (!isObject(value)) return [];
  const { kind, items } = value;
  if (typeof kind !== "string") return [];
  if (!kind.endsWith("List") || !Array.isArray(items)) return [{ path, kind, object: value }];
  return items.flatMap((item, index) => objectsOf(item, [...path, "items", index]));
}

/** What of these objects pods are made from. */
export function podTemplatesOf(objects: readonly ManifestObject[]): PodTemplate[] {
  return objects.flatMap(({ path, kind, object }): PodTemplate[] => {
    const steps = Object.hasOwn(TEMPLATE_PATHS, kind) ? TEMPLATE_PATHS[kind] : undefined;
    if (steps === undefined) return [];
    const pod = steps.reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), object);
    if (!isObject(pod) || !isObject(pod["spec"])) return [];
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const name = textOf(metadata["name"]) ?? textOf(metadata["generateName"]) ?? "?";
    const namespace = textOf(metadata["namespace"]);
    const what = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    return [{ what, namespace, path: [...path, ...steps], pod: withoutNulls(pod) as Json }];
  });
}

/** As the API server reads a manifest: what is null is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member != null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}

/** Whether a value of a document is a mapping. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
