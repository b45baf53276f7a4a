import { field, type KubernetesObject } from "@sluice/kubernetes";
import type { OutputKey } from "../output/desired-output.js";
import type { GivenVersion } from "./restart-options.js";
import { readWorkload, type Workload, workloadId, type WorkloadKind } from "./workload.js";

interface Given {
  readonly namespace: string;
  /** Uid of the workload that it is about. */
  readonly owner: string;
  readonly versions: readonly GivenVersion[];
}

/** All workloads that want to be restarted, and what brokers gave to them. */
export class WorkloadTable {
  readonly #workloads = new Map<string, Workload>();
  readonly #given = new Map<string, Given>();

  constructor(private readonly parse: (data: Readonly<Record<string, string>>) => readonly GivenVersion[]) {}

  has(id: string): boolean {
    return this.#workloads.has(id);
  }

  find(id: string): Workload | undefined {
    return this.#workloads.get(id);
  }

  ids(): Iterable<string> {
    return this.#workloads.keys();
  }

  givenTo({ uid }: Workload): readonly GivenVersion[] {
    return Array.from(this.#given.values()).flatMap(({ owner, versions }) => (owner === uid ? versions : []));
  }

  /** Workloads that use one of these objects. */
  usersOf(keys: readonly OutputKey[]): string[] {
    return Array.from(this.#workloads).flatMap(([id, { namespace, uses }]) => {
      const isUsed = uses.some(({ kind, name }) =>
        keys.some((key) => key.namespace === namespace && key.kind === kind && key.name === name),
      );
      return isUsed ? [id] : [];
    });
  }

  /** Notes a workload as it is now. Its id, if it wants, or wanted, to be restarted. */
  set(kind: WorkloadKind, object: KubernetesObject): string[] {
    const { name, namespace = "" } = object.metadata;
    const id = workloadId({ kind, namespace, name });
    const workload = readWorkload(kind, object);
    const before = this.#workloads.get(id);
    if (workload === undefined) return this.#workloads.delete(id) ? [id] : [];
    this.#workloads.set(id, workload);
    return JSON.stringify(before) === JSON.stringify(workload) ? [] : [id];
  }

  remove(kind: WorkloadKind, { metadata: { name, namespace = "" } }: KubernetesObject): string[] {
    const id = workloadId({ kind, namespace, name });
    return this.#workloads.delete(id) ? [id] : [];
  }

  /** All of a kind, in one namespace or in all. */
  replace(kind: WorkloadKind, namespace: string | undefined, objects: readonly KubernetesObject[]): string[] {
    const ids = new Set(
      objects.map(({ metadata }) =>
        workloadId({ kind, namespace: metadata.namespace ?? "", name: metadata.name }),
      ),
    );
    const gone = Array.from(this.#workloads).flatMap(([id, workload]) =>
      workload.kind === kind && !ids.has(id) && (namespace === undefined || workload.namespace === namespace)
        ? [id]
        : [],
    );
    for (const id of gone) this.#workloads.delete(id);
    return [...gone, ...objects.flatMap((object) => this.set(kind, object))];
  }

  /** Notes what a workload was given, as one ConfigMap says. The workload's id, if it wants to be restarted. */
  setGiven(object: KubernetesObject): string[] {
    const { name, namespace = "", ownerReferences = [] } = object.metadata;
    const owner = ownerReferences[0]?.uid ?? "";
    const versions = this.parse((field(object, "data") ?? {}) as Readonly<Record<string, string>>);
    this.#given.set(`${namespace}/${name}`, { namespace, owner, versions });
    return Array.from(this.#workloads).flatMap(([id, { uid }]) => (uid === owner ? [id] : []));
  }

  removeGiven({ metadata: { name, namespace = "" } }: KubernetesObject): void {
    this.#given.delete(`${namespace}/${name}`);
  }

  replaceGiven(namespace: string | undefined, objects: readonly KubernetesObject[]): string[] {
    for (const [key, given] of this.#given)
      if (namespace === undefined || given.namespace === namespace) this.#given.delete(key);
    return objects.flatMap((object) => this.setGiven(object));
  }
}
