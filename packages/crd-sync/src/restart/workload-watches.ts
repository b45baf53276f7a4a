import { field, type KubernetesObject, type ObjectEvent, type WatchQuery } from "@sluice/kubernetes";
import { outputResource } from "../output/build-output.js";
import type { WorkloadTable } from "./workload-table.js";
import { RESTART_ANNOTATION, WORKLOAD_KINDS, workloadResource } from "./workload.js";

/** A watch that restarts need, and who takes what it tells: the answer is the workloads to look at. */
export interface WorkloadWatch {
  readonly what: string;
  readonly query: WatchQuery;
  readonly take: (event: ObjectEvent) => readonly string[];
}

/** What is watched in a namespace, or in all: workloads of a shard, and what brokers gave. */
export function workloadWatches(
  table: WorkloadTable,
  { namespace, labelSelector, givenLabel }: { namespace?: string; labelSelector: string; givenLabel: string },
): WorkloadWatch[] {
  const where = namespace ?? "all namespaces";
  const workloads = WORKLOAD_KINDS.map((kind): WorkloadWatch => ({
    what: `${kind}s in ${where}`,
    query: { resource: workloadResource(kind, namespace), labelSelector, keep: keepWorkload },
    take: (event) => {
      switch (event.kind) {
        case "synced":
          return table.replace(kind, namespace, event.objects);
        case "changed":
          return table.set(kind, event.object);
        case "deleted":
          return table.remove(kind, event.object);
        case "progress":
          return [];
      }
    },
  }));
  return [
    ...workloads,
    {
      what: `delivered versions in ${where}`,
      query: { resource: outputResource("ConfigMap", namespace), labelSelector: givenLabel, keep: keepGiven },
      take: (event) => {
        switch (event.kind) {
          case "synced":
            return table.replaceGiven(namespace, event.objects);
          case "changed":
            return table.setGiven(event.object);
          case "deleted":
            table.removeGiven(event.object);
            return [];
          case "progress":
            return [];
        }
      },
    },
  ];
}

/** Most workloads do not ask to be restarted: of those nothing but the name is kept. */
function keepWorkload(object: KubernetesObject): KubernetesObject {
  const { name, namespace = "", resourceVersion, annotations = {} } = object.metadata;
  if (annotations[RESTART_ANNOTATION] === "true") return object;
  return { metadata: { name, namespace, resourceVersion } };
}

function keepGiven(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { metadata, data: field(object, "data") } as KubernetesObject;
}
