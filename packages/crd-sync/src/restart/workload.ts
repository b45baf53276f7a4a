import { field, type KubernetesObject, type Resource } from "@sluice/kubernetes";
import type { OutputKey } from "../output/desired-output.js";

/** Kinds of which pods are replaced when their template changes. */
export const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** `"true"` on a workload: restart it when its secrets change. */
export const RESTART_ANNOTATION = "sluice.dev/restart-on-change";
/** On a workload: when it may be restarted. */
export const WINDOW_ANNOTATION = "sluice.dev/restart-window";
/** Ours, on a workload: what it was last started with. */
export const SEEN_ANNOTATION = "sluice.dev/seen-versions";
/** Ours, on its pods' template: a hash of the versions they were restarted for. */
export const RESTARTED_FOR = "sluice.dev/restarted-for";
/** Ours, on its pods' template: when. */
export const RESTARTED_AT = "sluice.dev/restarted-at";

/** A workload that wants to be restarted, as far as that matters. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly serviceAccount: string;
  /** Secrets and ConfigMaps that its pods use. */
  readonly uses: readonly OutputKey[];
  readonly window?: string;
  readonly seen?: string;
  readonly restartedFor?: string;
  readonly restartedAt?: string;
}

export function workloadResource(kind: WorkloadKind, namespace?: string): Resource {
  const resource = { group: "apps", version: "v1", plural: `${kind.toLowerCase()}s` };
  return { ...resource, ...(namespace !== undefined && { namespace }) };
}

/** `Deployment shop/web`. */
export function workloadId({ kind, namespace, name }: Pick<Workload, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** Whether an id is that of a workload, not of a sync. */
export function isWorkloadId(id: string): boolean {
  return WORKLOAD_KINDS.some((kind) => id.startsWith(`${kind} `));
}

/** A workload that asks to be restarted; `undefined` if it does not. */
export function readWorkload(kind: WorkloadKind, object: KubernetesObject): Workload | undefined {
  const { name, namespace = "", uid = "", annotations = {}, deletionTimestamp } = object.metadata;
  if (annotations[RESTART_ANNOTATION] !== "true" || deletionTimestamp !== undefined) return undefined;
  const template = field(field(object, "spec"), "template");
  const pod = field(template, "spec");
  const ours = (field(field(template, "metadata"), "annotations") ?? {}) as Readonly<Record<string, string>>;
  const serviceAccount = field(pod, "serviceAccountName");
  const [window, seen] = [annotations[WINDOW_ANNOTATION], annotations[SEEN_ANNOTATION]];
  const [restartedFor, restartedAt] = [ours[RESTARTED_FOR], ours[RESTARTED_AT]];
  return {
    kind,
    namespace,
    name,
    uid,
    serviceAccount: typeof serviceAccount === "string" ? serviceAccount : "default",
    uses: usesOf(pod, namespace),
    ...(window !== undefined && { window }),
    ...(seen !== undefined && { seen }),
    ...(restartedFor !== undefined && { restartedFor }),
    ...(restartedAt !== undefined && { restartedAt }),
  };
}

function usesOf(pod: unknown, namespace: string): OutputKey[] {
  const uses = new Map<string, OutputKey>();
  const use = (kind: OutputKey["kind"], name: unknown): void => {
    if (typeof name === "string") uses.set(`${kind} ${name}`, { kind, namespace, name });
  };
  for (const container of [...listOf(pod, "containers"), ...listOf(pod, "initContainers")]) {
    for (const from of listOf(container, "envFrom")) {
      use("Secret", field(field(from, "secretRef"), "name"));
      use("ConfigMap", field(field(from, "configMapRef"), "name"));
    }
    for (const variable of listOf(container, "env")) {
      const from = field(variable, "valueFrom");
      use("Secret", field(field(from, "secretKeyRef"), "name"));
      use("ConfigMap", field(field(from, "configMapKeyRef"), "name"));
    }
  }
  for (const volume of listOf(pod, "volumes")) {
    use("Secret", field(field(volume, "secret"), "secretName"));
    use("ConfigMap", field(field(volume, "configMap"), "name"));
    for (const source of listOf(field(volume, "projected"), "sources")) {
      use("Secret", field(field(source, "secret"), "name"));
      use("ConfigMap", field(field(source, "configMap"), "name"));
    }
  }
  return Array.from(uses.values());
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}
