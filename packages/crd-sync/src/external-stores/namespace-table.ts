import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject, ObjectEvent } from "@sluice/kubernetes";
import type { NamespaceLabels } from "./namespace-conditions.js";

/** A namespace that has other labels than before; none while it is not there. */
export interface NamespaceChange {
  readonly name: string;
  readonly before: NamespaceLabels | undefined;
  readonly now: NamespaceLabels | undefined;
}

/** The labels of all namespaces, as a watch tells them. */
export class NamespaceTable {
  #labels = new Map<string, NamespaceLabels>();

  labelsOf(name: string): NamespaceLabels | undefined {
    return this.#labels.get(name);
  }

  /** Takes what a watch told. The namespaces whose labels differ, which most events about namespaces leave as they are. */
  take(event: ObjectEvent): readonly NamespaceChange[] {
    switch (event.kind) {
      case "synced": {
        const before = this.#labels;
        this.#labels = new Map(event.objects.map((object) => [object.metadata.name, labelsIn(object)]));
        const names = new Set([...before.keys(), ...this.#labels.keys()]);
        return Array.from(names).flatMap((name) => changeOf(name, before.get(name), this.#labels.get(name)));
      }
      case "changed": {
        const { name } = event.object.metadata;
        const before = this.#labels.get(name);
        this.#labels.set(name, labelsIn(event.object));
        return changeOf(name, before, this.#labels.get(name));
      }
      case "deleted": {
        const { name } = event.object.metadata;
        const before = this.#labels.get(name);
        this.#labels.delete(name);
        return changeOf(name, before, undefined);
      }
      case "progress":
        return [];
    }
  }
}

function labelsIn({ metadata }: KubernetesObject): NamespaceLabels {
  return metadata.labels ?? {};
}

function changeOf(
  name: string,
  before: NamespaceLabels | undefined,
  now: NamespaceLabels | undefined,
): NamespaceChange[] {
  return isDeepStrictEqual(before, now) ? [] : [{ name, before, now }];
}
